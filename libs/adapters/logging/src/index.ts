export * from './create-logger.js';
export type { LogLevel } from './lines.js';
export * from './origin-context.js';
