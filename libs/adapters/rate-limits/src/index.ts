export * from './counted-rate-limits.js';
export * from './counters.js';
