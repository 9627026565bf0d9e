export type { ConnectionState } from './connection.js';
export * from './rabbitmq-payment-queue.js';
