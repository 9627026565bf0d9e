import { InMemoryOutbox } from '../testing/in-memory-outbox.js';
import { outboxContract } from '../testing/outbox.contract.js';

outboxContract('InMemoryOutbox', () => {
  const outbox = new InMemoryOutbox();
  return Promise.resolve({ outbox, write: (events) => outbox.write(events), close: () => Promise.resolve() });
});
