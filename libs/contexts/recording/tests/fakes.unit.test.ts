import { InMemoryWebhookCountLog, webhookCountLogContract } from '../testing/index.js';

webhookCountLogContract('the fake', () =>
  Promise.resolve({ log: new InMemoryWebhookCountLog(), tenants: ['shop', 'bank'] }),
);
