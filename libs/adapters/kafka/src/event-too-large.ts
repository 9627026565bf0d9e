import type { OutboxEvent } from '@ferry/messaging';

/**
 * An event that no broker with these limits will ever take: publishing it again cannot help, so this is not `Unavailable`.
 * `limitBytes` is our own limit (`sendBytesMax`); absent when the broker refused, because the topic's `max.message.bytes` is lower.
 * Then the event is the largest of those that were sent together.
 */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';

  constructor(
    readonly event: Pick<OutboxEvent, 'tenantId' | 'topic' | 'eventId' | 'type'>,
    /** Key, payload and headers. */
    readonly bytes: number,
    readonly limitBytes: number | undefined,
    options?: { cause?: unknown },
  ) {
    const limit = limitBytes === undefined ? 'the max.message.bytes of the topic' : `${limitBytes} bytes`;
    super(`event ${event.eventId} (${event.type}) of ${bytes} bytes is above ${limit} of ${event.topic}`, options);
  }
}
