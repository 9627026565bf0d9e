export * from './in-memory-standing-board.js';
export * from './in-memory-webhook-count-log.js';
export * from './standing-board.contract.js';
export * from './webhook-count-log.contract.js';
export * from './builders.js';
export * from './in-memory-recorded-payments.js';
export * from './recorded-payments.contract.js';
export * from './recording-store.js';
