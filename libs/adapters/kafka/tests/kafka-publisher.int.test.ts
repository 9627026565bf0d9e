import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, traceIdOf, Unavailable, type Meter } from '@ferry/kernel';
import { anOutboxEvent, versionsOf } from '@ferry/messaging/testing';
import kafkajs, { type Admin } from 'kafkajs';
import { EventTooLarge, type KafkaEventPublisher } from '../src/index.js';
import { aPublisher, describeWithKafka } from './broker-under-test.js';
import { readTopic, versionsByKey } from './topic-reader.js';

describeWithKafka('kafka event publisher', (brokers) => {
  let topic: string;
  let publisher: KafkaEventPublisher;
  let admin: Admin;
  const counted = new Map<string, number>();
  const meter: Meter = {
    count: (name, labels, by = 1) => {
      const series = `${name} ${JSON.stringify(labels)}`;
      counted.set(series, (counted.get(series) ?? 0) + by);
    },
    observe: (name) => void counted.set(name, (counted.get(name) ?? 0) + 1),
    gauge: () => undefined,
  };

  beforeEach(async () => {
    topic = `publisher.${newId()}`;
    counted.clear();
    publisher = aPublisher({ brokers: [brokers] }, undefined, meter);
    admin = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterEach(async () => {
    await publisher.close();
    await admin.disconnect();
  });

  test('a record carries CloudEvents headers in binary mode and the payload alone as its value', async () => {
    const event = anOutboxEvent({ topic, type: 'payment.succeeded', version: 3, tenantId: 'acme' });
    await publisher.publish([event]);
    const reader = await readTopic(brokers, topic);
    const [record] = await reader.seen(1);
    await reader.stop();
    expect(record!.key).toBe(event.aggregateId);
    expect(record!.value.toString()).toBe(event.payload);
    const { traceparent, ...headers } = record!.headers;
    expect(headers).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_source: '/ferry',
      ce_type: 'io.ferry.payment.succeeded.v1',
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_subject: event.aggregateId,
      ce_dataschema: '/events/payment.succeeded.schema.json',
      ce_tenantid: 'acme',
      ce_sequence: '3',
      ce_traceparent: event.origin.traceparent,
      correlation_id: event.origin.correlationId,
    });
    expect(traceIdOf(traceparent!)).toBe(traceIdOf(event.origin.traceparent));
    expect(traceparent).not.toBe(event.origin.traceparent);
  });

  test('20 callers at once, not awaiting each other: every key keeps its order, nothing is lost or doubled', async () => {
    const keys = Array.from({ length: 20 }, () => newId());
    const callers = keys.map(async (key) => {
      const calls: Promise<void>[] = [];
      for (let from = 1; from <= 50; from += 5)
        calls.push(publisher.publish(versionsOf(key, from, from + 4, { topic })));
      await Promise.all(calls);
    });
    await Promise.all(callers);
    const reader = await readTopic(brokers, topic);
    const byKey = versionsByKey(await reader.seen(1000));
    await reader.stop();
    const inOrder = Array.from({ length: 50 }, (_, i) => i + 1);
    for (const key of keys) expect(byKey.get(key)).toEqual(inOrder);
    expect(counted.get(`events_published_total {"topic":"${topic}"}`)).toBe(1000);
    expect(counted.get('event_publish_seconds')).toBe(200);
  });

  test('a batch far above message.max.bytes for one partition is cut into sends and arrives in order', async () => {
    const key = newId();
    const events = versionsOf(key, 1, 400, { topic, payload: JSON.stringify({ text: 'x'.repeat(8000) }) });
    await publisher.publish(events);
    const reader = await readTopic(brokers, topic);
    const byKey = versionsByKey(await reader.seen(400));
    await reader.stop();
    expect(byKey.get(key)).toEqual(events.map(({ version }) => version));
  });

  test('an event above our limit is named in the rejection, nothing of the call is sent, the next call works', async () => {
    const small = anOutboxEvent({ topic });
    const large = anOutboxEvent({ topic, payload: 'x'.repeat(1_000_000) });
    const rejection = await publisher.publish([small, large]).catch((error: unknown) => error);
    expect(rejection).toBeInstanceOf(EventTooLarge);
    expect(rejection).toMatchObject({ event: { eventId: large.eventId }, limitBytes: 900_000 });
    expect(counted.get('event_publish_failures_total {"reason":"too_large"}')).toBe(1);
    await publisher.publish([small]);
    const reader = await readTopic(brokers, topic);
    expect(await reader.seen(1)).toHaveLength(1);
    await reader.stop();
  });

  describe('a topic with a lower limit', () => {
    const limited = () =>
      admin.createTopics({
        topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '20000' }] }],
      });

    test('an event above it is named, and not another one that was sent with it', async () => {
      await limited();
      const [small, large] = [anOutboxEvent({ topic }), anOutboxEvent({ topic, payload: 'x'.repeat(50_000) })];
      const rejection = await untilTold(publisher, [small, large]);
      expect(rejection).toBeInstanceOf(EventTooLarge);
      expect(rejection).toMatchObject({ event: { eventId: large.eventId }, limitBytes: undefined });
      await untilPublished(publisher, [small]);
    });

    test('events that are above it only together get through, in smaller sends', async () => {
      await limited();
      const events = versionsOf(newId(), 1, 30, { topic, payload: 'x'.repeat(5_000) });
      expect(await untilTold(publisher, events)).toBeUndefined();
      const reader = await readTopic(brokers, topic);
      const seen = versionsByKey(await reader.seen(30)).get(events[0]?.aggregateId ?? '');
      await reader.stop();
      expect([...new Set(seen)]).toEqual(events.map(({ version }) => version));
    });
  });

  test('missing topics are created as told, by several processes at once; existing ones stay as they are', async () => {
    const other = `${topic}.existing`;
    await admin.createTopics({ topics: [{ topic: other, numPartitions: 1 }] });
    const layout = { partitions: 5, replicationFactor: 1 };
    const others = Array.from({ length: 4 }, () => aPublisher({ brokers: [brokers], topics: layout }));
    await Promise.all(others.map((each) => each.ensureTopics([topic, other])));
    await Promise.all(others.map((each) => each.close()));
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic, other] });
    const partitions = new Map(topics.map(({ name, partitions: { length } }) => [name, length]));
    expect(partitions.get(topic)).toBe(5);
    expect(partitions.get(other)).toBe(1);
  });

  test('a topic that was deleted meanwhile is created again', async () => {
    await publisher.publish([anOutboxEvent({ topic })]);
    await admin.deleteTopics({ topics: [topic] });
    await untilPublished(publisher, [anOutboxEvent({ topic })]);
  });

  test('after close a publish rejects, and closing again is harmless', async () => {
    await publisher.publish([anOutboxEvent({ topic })]);
    await Promise.all([publisher.close(), publisher.close()]);
    await expect(publisher.publish([anOutboxEvent({ topic })])).rejects.toThrow(Unavailable);
  });
});

/** As a relay does: the same events again until they are confirmed; the test's own time-out ends it otherwise. */
async function untilPublished(
  publisher: KafkaEventPublisher,
  events: Parameters<KafkaEventPublisher['publish']>[0],
): Promise<void> {
  for (;;) {
    const done = await publisher.publish(events).then(
      () => true,
      () => false,
    );
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The same, until they are confirmed (undefined) or refused for good. */
async function untilTold(
  publisher: KafkaEventPublisher,
  events: Parameters<KafkaEventPublisher['publish']>[0],
): Promise<unknown> {
  for (;;) {
    const error = await publisher.publish(events).then(
      () => undefined,
      (rejection: unknown) => rejection,
    );
    if (!(error instanceof Unavailable)) return error;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
