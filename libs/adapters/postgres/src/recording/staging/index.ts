export * from './postgres-staging-errors.js';
export * from './postgres-staging-sources.js';
export * from './postgres-staging-tables.js';
