export * from './redis-connection.js';
export * from './redis-payment-signals.js';
export * from './redis-seen-references.js';
