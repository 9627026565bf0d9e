export * from './database.js';
export * from './invariants.js';
export * from './maintenance.js';
export * from './migrate.js';
export * from './postgres-due-payments.js';
export * from './postgres-outbox.js';
export * from './postgres-payment-repository.js';
export * from './schema-check.js';
export { PAYMENT_TOPIC } from './payment-topic.js';
