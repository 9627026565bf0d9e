export type * from './domain/outbox-event.js';
export * from './ports/event-publisher.js';
export type * from './ports/outbox.js';
export * from './use-cases/relay-events.js';
