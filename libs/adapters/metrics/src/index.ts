export * from './catalogue.js';
export * from './metrics-server.js';
export * from './prometheus-meter.js';
