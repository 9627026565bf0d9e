export { deadLettersContract } from './dead-letters.contract.js';
export { eventually, pause } from './eventually.js';
export { paymentQueueContract } from './payment-queue.contract.js';
export * from './quickest.js';
export { paymentSignalsContract, type SignalsUnderTest } from './payment-signals.contract.js';
export {
  allOutcomes,
  aMessage,
  depthOf,
  idsOf,
  RecordingHandler,
  someMessages,
  type MakeQueue,
  type QueueUnderTest,
} from './queue-under-test.js';
export * from './builders.js';
export * from './decided-rules.js';
export * from './due-payments.contract.js';
export * from './in-memory-payment-repository.js';
export * from './manual-clock.js';
export * from './payment-repository.contract.js';
export * from './payment-store.js';
export * from './scripted-rail.js';
export * from './rail.contract.js';
export * from './tenant-rules.contract.js';
