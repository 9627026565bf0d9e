export * from './domain/read-fact.js';
export * from './domain/recorded-event.js';
export * from './domain/recorded-payment.js';
export type * from './ports/recorded-payments.js';
export type * from './ports/seen-references.js';
export type * from './ports/staging.js';
export * from './ports/job-leases.js';
export * from './use-cases/run-leased.js';
