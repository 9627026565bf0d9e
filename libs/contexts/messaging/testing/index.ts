export * from './event-publisher.contract.js';
export * from './outbox-event.builder.js';
export * from './in-memory-outbox.js';
export * from './outbox.contract.js';
