export * from './in-memory-job-leases.js';
export * from './job-leases.contract.js';
export * from './builders.js';
export * from './in-memory-recorded-payments.js';
export * from './in-memory-seen-references.js';
export * from './recorded-payments.contract.js';
export * from './recording-store.js';
export * from './seen-references.contract.js';
