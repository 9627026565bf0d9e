export * from './in-memory-standing-board.js';
export * from './in-memory-webhook-count-log.js';
export * from './standing-board.contract.js';
export * from './webhook-count-log.contract.js';
