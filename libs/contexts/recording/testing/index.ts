export * from './in-memory-webhook-count-log.js';
export * from './webhook-count-log.contract.js';
