import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, traceIdOf } from '@ferry/kernel';
import type { EventPublisher, OutboxEvent } from '../src/index.js';
import { anOutboxEvent, versionsOf } from './outbox-event.builder.js';

/** What a subscriber can tell of an event it got, whatever the transport carries beside the payload. */
export interface SeenEvent {
  readonly topic: string;
  readonly key: string;
  /** The bytes as they arrived. */
  readonly payload: Uint8Array;
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
  readonly tenantId: string;
  readonly at: Date;
  readonly correlationId: string;
  readonly traceId: string;
}

export interface PublisherUnderTest {
  readonly publisher: EventPublisher;
  /** A topic that no other test uses. */
  readonly topic: string;
  /** Everything subscribers saw of `topic`, once it is at least `count` events; order per key is order of arrival. */
  seen(count: number): Promise<readonly SeenEvent[]>;
  stop(): Promise<void>;
}

/** What every `EventPublisher` promises. `make` is called before each test. */
export function eventPublisherContract(name: string, make: () => Promise<PublisherUnderTest>): void {
  describe(`event publisher contract: ${name}`, () => {
    let it: PublisherUnderTest;
    beforeEach(async () => {
      it = await make();
    });
    afterEach(() => it.stop());

    test('everything published is seen, once when nothing fails', async () => {
      const events = Array.from({ length: 20 }, () => anOutboxEvent({ topic: it.topic }));
      await it.publisher.publish(events);
      expect(idsOf(await it.seen(events.length)).sort()).toEqual(idsOf(events).sort());
    });

    test('an empty batch resolves and nothing is seen', async () => {
      await it.publisher.publish([]);
      const after = anOutboxEvent({ topic: it.topic });
      await it.publisher.publish([after]);
      expect(idsOf(await it.seen(1))).toEqual([after.eventId]);
    });

    test('an aggregate keeps its order within a call and across calls', async () => {
      const [one, other] = [newId(), newId()];
      const of = (id: string, from: number, to: number): OutboxEvent[] => versionsOf(id, from, to, { topic: it.topic });
      await it.publisher.publish(of(one, 1, 3));
      await it.publisher.publish([...of(one, 4, 4), ...of(other, 1, 2), ...of(one, 5, 5)]);
      await it.publisher.publish([...of(other, 3, 3), ...of(one, 6, 6)]);
      const seen = await it.seen(9);
      expect(versionsSeen(seen, one)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(versionsSeen(seen, other)).toEqual([1, 2, 3]);
    });

    test('calls that are not awaited keep the order in which they were made', async () => {
      const id = newId();
      const calls = versionsOf(id, 1, 50, { topic: it.topic }).map((event) => it.publisher.publish([event]));
      await Promise.all(calls);
      expect(versionsSeen(await it.seen(50), id)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    });

    test('a batch of 1,000 events of 100 aggregates arrives whole and in order', async () => {
      const ids = Array.from({ length: 100 }, () => newId());
      const versions = Array.from({ length: 10 }, (_, i) => i + 1);
      const batch = versions.flatMap((version) =>
        ids.map((aggregateId) => anOutboxEvent({ topic: it.topic, aggregateId, version })),
      );
      await it.publisher.publish(batch);
      const seen = await it.seen(1000);
      expect(seen).toHaveLength(1000);
      for (const id of ids) expect(versionsSeen(seen, id)).toEqual(versions);
    });

    test('the payload arrives byte for byte', async () => {
      const payload =
        '{"text":"Zażółć 支付 \u{1F6F6} \\u0000 \\"","amount":100.50,  "big":123456789012345678901234567890 }';
      await it.publisher.publish([anOutboxEvent({ topic: it.topic, payload })]);
      const [seen] = await it.seen(1);
      expect(Buffer.from(seen!.payload).equals(Buffer.from(payload, 'utf8'))).toBe(true);
    });

    test('key, name, version, tenant, time and origin travel with the event', async () => {
      const event = anOutboxEvent({ topic: it.topic, version: 7, tenantId: 'acme', type: 'payment.succeeded' });
      await it.publisher.publish([event]);
      const [seen] = await it.seen(1);
      expect(seen).toEqual({
        topic: it.topic,
        key: event.aggregateId,
        payload: seen!.payload,
        eventId: event.eventId,
        type: 'payment.succeeded',
        version: 7,
        tenantId: 'acme',
        at: event.at,
        correlationId: event.origin.correlationId,
        traceId: traceIdOf(event.origin.traceparent),
      });
    });
  });
}

const idsOf = (events: readonly { readonly eventId: string }[]): string[] => events.map(({ eventId }) => eventId);

const versionsSeen = (seen: readonly SeenEvent[], key: string): number[] =>
  seen.filter((event) => event.key === key).map(({ version }) => version);
