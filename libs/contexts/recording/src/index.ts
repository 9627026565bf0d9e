export * from './domain/read-fact.js';
export * from './domain/recorded-event.js';
export * from './domain/recorded-payment.js';
export * from './domain/webhook-tally.js';
export type * from './ports/recorded-payments.js';
export type * from './ports/seen-references.js';
export type * from './ports/staging.js';
export type * from './ports/webhook-counts.js';
export * from './use-cases/count-webhooks.js';
