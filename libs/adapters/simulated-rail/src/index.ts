export type { Latency } from './latency.js';
export * from './scenario.js';
export * from './simulated-rail.js';
