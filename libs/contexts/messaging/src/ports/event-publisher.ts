import type { OutboxEvent } from '../domain/outbox-event.js';

export interface EventPublisher {
  /**
   * Publishes in order per aggregate; resolves when all are stored for good. Rejects when any is not known to be: the caller
   * publishes all of them again, so subscribers may see a duplicate, never a hole.
   */
  publish(events: readonly OutboxEvent[]): Promise<void>;
}
