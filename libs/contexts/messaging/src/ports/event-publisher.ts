import type { OutboxEvent } from '../domain/outbox-event.js';

export interface EventPublisher {
  /**
   * Publishes in order per aggregate; resolves when all are stored for good. Rejects when any is not known to be: the caller
   * publishes all of them again, so subscribers may see a duplicate, never a hole. Rejects with `Unpublishable` when that cannot
   * help because of one of them.
   */
  publish(events: readonly OutboxEvent[]): Promise<void>;
}

/** The publisher will not take this event, however often it is tried. Of the others of the call nothing is known. */
export class Unpublishable extends Error {
  override readonly name: string = 'Unpublishable';

  constructor(
    readonly event: OutboxEvent,
    why: string,
    options?: { cause?: unknown },
  ) {
    super(why, options);
  }
}
