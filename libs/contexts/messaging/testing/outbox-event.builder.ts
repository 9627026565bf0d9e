import { newId, newTraceparent } from '@ferry/kernel';
import type { OutboxEvent } from '../src/index.js';

/** An event as the outbox would hand it over; every field may be overridden. The payload names the event's own id and version. */
export function anOutboxEvent(given: Partial<OutboxEvent> = {}): OutboxEvent {
  const eventId = given.eventId ?? newId();
  const version = given.version ?? 1;
  return {
    tenantId: 'default',
    topic: 'payment.events',
    aggregateId: newId(),
    version,
    eventId,
    type: 'payment.created',
    at: new Date('2026-01-02T03:04:05.678Z'),
    payload: JSON.stringify({ event_id: eventId, version }),
    origin: { correlationId: newId(), traceparent: newTraceparent() },
    ...given,
  };
}

/** Versions `from` to `to` (inclusive) of one aggregate. */
export function versionsOf(
  aggregateId: string,
  from: number,
  to: number,
  given: Partial<OutboxEvent> = {},
): OutboxEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => anOutboxEvent({ ...given, aggregateId, version: from + i }));
}
