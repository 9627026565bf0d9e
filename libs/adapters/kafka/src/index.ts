export * from './event-too-large.js';
export * from './kafka-event-publisher.js';
export * from './kafka-options.js';
export * from './request-queue-patch.js';
