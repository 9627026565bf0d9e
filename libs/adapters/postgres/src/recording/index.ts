export * from './postgres-audit-log.js';
export * from './postgres-channels.js';
export * from './postgres-recorded-payments.js';
export * from './postgres-rejected-webhooks.js';
export * from './upkeep-months.js';
export * from './upkeep-references.js';
export * from './upkeep-rows.js';
