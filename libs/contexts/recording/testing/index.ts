export * from './builders.js';
export * from './in-memory-recorded-payments.js';
export * from './recorded-payments.contract.js';
export * from './recording-store.js';
export * from './channel-fixtures.js';
export * from './sign.js';
