export * from './postgres-standing-board.js';
export * from './postgres-webhook-count-log.js';
