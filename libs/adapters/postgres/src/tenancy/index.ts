export * from './postgres-api-keys.js';
export * from './postgres-audit-log.js';
export * from './postgres-key-use-log.js';
export * from './postgres-tenant-configs.js';
export * from './postgres-tenant-directory.js';
export * from './postgres-tenant-repository.js';
export * from './postgres-tenant-users.js';
export * from './postgres-usage-records.js';
