export * from './postgres-partition-space.js';
export * from './postgres-staging-figures.js';
export * from './postgres-standing-board.js';
export * from './postgres-standing-counting.js';
export * from './postgres-webhook-count-log.js';
