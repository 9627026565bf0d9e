import type { EventPublisher, OutboxEvent } from '@ferry/messaging';
import { isTracing, span } from '@ferry/tracing';

/** Each event is published in a span that continues the trace of the request behind it. Costs nothing while tracing is off. */
export const tracedPublisher = (publisher: EventPublisher): EventPublisher => ({
  publish: (events) => (isTracing() ? publishTraced(publisher, events) : publisher.publish(events)),
});

async function publishTraced(publisher: EventPublisher, events: readonly OutboxEvent[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stamped: OutboxEvent[] = [];
  const spans = events.map((event, i) =>
    span(`${event.topic} send`, { kind: 'producer', parent: event.origin.traceparent }, (traceparent) => {
      stamped[i] = { ...event, origin: { ...event.origin, traceparent } };
      return promise;
    }),
  );
  publisher.publish(stamped).then(resolve, reject);
  await Promise.all(spans);
}
