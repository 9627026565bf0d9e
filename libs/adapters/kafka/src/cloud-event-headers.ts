import { childTraceparent } from '@ferry/kernel';
import type { OutboxEvent } from '@ferry/messaging';

/** Part of the type's name: `v2` would be another contract, published beside this one. */
const contractVersion = 'v1';

/**
 * CloudEvents 1.0.2 in the binary mode of its Kafka binding: attributes as headers `ce_...`, the data as it is. `ce_traceparent` is the trace in
 * which the event was made, `traceparent` the hop that carries this record (CloudEvents distributed tracing extension).
 * docs/events/README.md shows the table to consumers.
 */
export function cloudEventHeaders(event: OutboxEvent, source: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.eventId,
    ce_source: source,
    ce_type: `io.ferry.${event.type}.${contractVersion}`,
    ce_time: event.at.toISOString(),
    ce_subject: event.aggregateId,
    ce_dataschema: `/events/${event.type}.schema.json`,
    ce_tenantid: event.tenantId,
    ce_sequence: String(event.version),
    ce_traceparent: event.origin.traceparent,
    traceparent: childTraceparent(event.origin.traceparent),
    correlation_id: event.origin.correlationId,
  };
}
