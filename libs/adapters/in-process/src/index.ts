export * from './in-process-event-publisher.js';
export * from './in-process-payment-queue.js';
export * from './in-process-payment-signals.js';
export * from './in-process-seen-references.js';
