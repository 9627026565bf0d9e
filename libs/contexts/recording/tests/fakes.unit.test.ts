import {
  InMemoryStandingBoard,
  InMemoryWebhookCountLog,
  standingBoardContract,
  webhookCountLogContract,
} from '../testing/index.js';

standingBoardContract('the fake', () => Promise.resolve(new InMemoryStandingBoard()));
webhookCountLogContract('the fake', () =>
  Promise.resolve({ log: new InMemoryWebhookCountLog(), tenants: ['shop', 'bank'] }),
);
