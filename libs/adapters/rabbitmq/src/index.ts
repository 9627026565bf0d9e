export * from './rabbitmq-payment-queue.js';
