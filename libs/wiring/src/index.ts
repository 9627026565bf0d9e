export * from './engine.js';
export * from './lifecycle.js';
export * from './loop.js';
export * from './pool-gauges.js';
export * from './process.js';
export * from './readiness.js';
export * from './settings/index.js';
export * from './tokens.js';
