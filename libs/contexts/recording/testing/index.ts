export * from './in-memory-job-leases.js';
export * from './job-leases.contract.js';
