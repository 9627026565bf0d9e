export * from './postgres-webhook-count-log.js';
