export * from './postgres-recorded-payments.js';
export * from './postgres-channels.js';
export * from './postgres-rejected-webhooks.js';
