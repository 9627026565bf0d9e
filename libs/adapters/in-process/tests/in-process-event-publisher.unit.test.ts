import { describe, expect, test } from '@jest/globals';
import { traceIdOf } from '@ferry/kernel';
import type { OutboxEvent } from '@ferry/messaging';
import { anOutboxEvent, eventPublisherContract, type SeenEvent } from '@ferry/messaging/testing';
import { InProcessEventPublisher } from '../src/in-process-event-publisher.js';

eventPublisherContract('in process', async () => {
  const publisher = new InProcessEventPublisher();
  const seen: SeenEvent[] = [];
  // Each batch is handled faster than the one before it: without turns the order would break.
  let delayMs = 20;
  publisher.subscribe(async (events) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs--));
    seen.push(...events.map(asSeen));
  });
  return { publisher, topic: 'payment.events', seen: async () => seen, stop: async () => undefined };
});

describe('in-process event publisher', () => {
  test('a listener that rejects makes the publish reject, the others still get the events', async () => {
    const publisher = new InProcessEventPublisher();
    const got: OutboxEvent[] = [];
    publisher.subscribe(() => Promise.reject(new Error('not now')));
    publisher.subscribe((events) => void got.push(...events));
    const event = anOutboxEvent();
    await expect(publisher.publish([event])).rejects.toThrow('not now');
    expect(got).toEqual([event]);
  });

  test('a listener that throws counts as one that rejects, and the next publish has its turn', async () => {
    const publisher = new InProcessEventPublisher();
    let faults = 1;
    publisher.subscribe(() => {
      if (faults-- > 0) throw new Error('first time');
    });
    const event = anOutboxEvent();
    await expect(publisher.publish([event])).rejects.toThrow('first time');
    await expect(publisher.publish([event])).resolves.toBeUndefined();
  });

  test('a cancelled subscription gets nothing more; the same function may be subscribed twice', async () => {
    const publisher = new InProcessEventPublisher();
    let calls = 0;
    const listener = (): void => void (calls += 1);
    const stop = publisher.subscribe(listener);
    publisher.subscribe(listener);
    await publisher.publish([anOutboxEvent()]);
    stop();
    await publisher.publish([anOutboxEvent()]);
    expect(calls).toBe(3);
  });
});

const asSeen = (event: OutboxEvent): SeenEvent => ({
  topic: event.topic,
  key: event.aggregateId,
  payload: Buffer.from(event.payload),
  eventId: event.eventId,
  type: event.type,
  version: event.version,
  tenantId: event.tenantId,
  at: event.at,
  correlationId: event.origin.correlationId,
  traceId: traceIdOf(event.origin.traceparent),
});
