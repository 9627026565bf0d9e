import { Unpublishable, type OutboxEvent } from '@ferry/messaging';

/**
 * An event that no broker with these limits will ever take. `limitBytes` is our own limit (`sendBytesMax`); absent when the broker
 * refused the event alone, because the topic's `max.message.bytes` is lower.
 */
export class EventTooLarge extends Unpublishable {
  override readonly name = 'EventTooLarge';

  constructor(
    event: OutboxEvent,
    /** Key, payload and headers. */
    readonly bytes: number,
    readonly limitBytes: number | undefined,
    options?: { cause?: unknown },
  ) {
    const limit = limitBytes === undefined ? 'the max.message.bytes of the topic' : `${limitBytes} bytes`;
    super(
      event,
      `event ${event.eventId} (${event.type}) of ${bytes} bytes is above ${limit} of ${event.topic}`,
      options,
    );
  }
}
