export * from './postgres-recorded-payments.js';
