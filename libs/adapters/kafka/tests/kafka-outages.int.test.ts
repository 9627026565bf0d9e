import { afterEach, expect, test } from '@jest/globals';
import { newId, timedSteadily, Unavailable, type Logger } from '@ferry/kernel';
import type { OutboxEvent } from '@ferry/messaging';
import { anOutboxEvent, versionsOf } from '@ferry/messaging/testing';
import { startKafka, type KafkaService } from '../../../../scripts/services/services.mjs';
import { describeWithOwn } from '../../../../tests/harness/services.js';
import type { KafkaEventPublisher } from '../src/index.js';
import { aPublisher } from './broker-under-test.js';
import { readTopic, versionsByKey } from './topic-reader.js';

const topic = 'outages';

describeWithOwn(['kafka'], 'kafka event publisher, outages of a broker of its own', () => {
  let kafka: KafkaService;
  let publisher: KafkaEventPublisher;
  afterEach(async () => {
    await publisher.close();
    await kafka.stop();
  });

  test('kill -9 twice in the middle of a run: nothing is lost, every key keeps its order', async () => {
    kafka = await startKafka();
    const logger = countingLogger();
    publisher = aPublisher({ brokers: [kafka.brokers] }, logger);
    await publisher.ensureTopics([topic]);
    const keys = Array.from({ length: 40 }, () => newId());
    const perKey = 300;
    const total = keys.length * perKey;
    let rejected = 0;
    let published = 0;
    const writers = keys.map(async (key) => {
      for (let from = 1; from <= perKey; from += 3) {
        rejected += await untilPublished(publisher, versionsOf(key, from, from + 2, { topic }));
        published += 3;
      }
    });
    for (const share of [1 / 3, 2 / 3]) {
      await until(() => published >= total * share);
      await kafka.kill();
      await kafka.restart();
    }
    await Promise.all(writers);
    const reader = await readTopic(kafka.brokers, topic);
    const records = await reader.seen(total);
    await reader.stop();
    const firsts = versionsByKey(records, true);
    const inOrder = Array.from({ length: perKey }, (_, i) => i + 1);
    for (const key of keys) expect(firsts.get(key)).toEqual(inOrder);
    expect(publisher.state().connected).toBe(true);
    // Said for each outage, and not for each call: there are 40 writers.
    const told = logger.lines.filter((line) => line === 'warn kafka unavailable').length;
    expect(told).toBeGreaterThanOrEqual(2);
    expect(told).toBeLessThan(10);
    console.info(
      `2 kills: ${total} events published, ${records.length} records, ${rejected} calls rejected on the way; log: ${logger.lines.join(', ')}`,
    );
  }, 240_000);

  test('a frozen broker: rejects at the deadline, recovers when it wakes, order is kept', async () => {
    kafka = await startKafka();
    const logger = countingLogger();
    const deadlineMs = 2_000;
    publisher = aPublisher({ brokers: [kafka.brokers], deadlineMs }, logger);
    const key = newId();
    await publisher.publish(versionsOf(key, 1, 2, { topic }));
    process.kill(kafka.pid, 'SIGSTOP');
    const begun = performance.now();
    const waiting = [3, 4, 5].map((version) =>
      timedSteadily(() => rejection(publisher.publish([anOutboxEvent({ topic, aggregateId: key, version })]))),
    );
    for (const { answer, ms } of await Promise.all(waiting)) {
      expect(answer).toBeInstanceOf(Unavailable);
      expect(ms).toBeLessThan(2 * deadlineMs);
    }
    expect(performance.now() - begun).toBeGreaterThan(deadlineMs - 100);
    expect(publisher.state()).toMatchObject({
      connected: false,
      lastError: expect.stringContaining('no answer within 2000 ms'),
    });
    await expect(publisher.publish(versionsOf(key, 3, 3, { topic }))).rejects.toThrow('kafka is unavailable');
    process.kill(kafka.pid, 'SIGCONT');
    const awake = performance.now();
    await untilPublished(publisher, versionsOf(key, 3, 10, { topic }));
    const backAfterMs = Math.round(performance.now() - awake);
    expect(publisher.state().connected).toBe(true);
    await sleep(1_000); // whatever still comes out of the broker's sockets
    const reader = await readTopic(kafka.brokers, topic);
    const records = await reader.seen(10);
    await reader.stop();
    expect(versionsByKey(records, true).get(key)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    console.info(
      `frozen for ${Math.round(awake - begun)} ms, publishing again ${backAfterMs} ms after; versions as stored: ${versionsByKey(records).get(key)!.join(' ')}; log: ${logger.lines.join(', ')}`,
    );
  });

  test('started before the broker: rejects at once, says what it lacks, connects when the broker comes', async () => {
    kafka = await startKafka();
    await kafka.kill();
    const logger = countingLogger();
    publisher = aPublisher({ brokers: [kafka.brokers] }, logger);
    await expect(publisher.publish([anOutboxEvent({ topic })])).rejects.toThrow(Unavailable);
    expect(publisher.state()).toMatchObject({ connected: false, lastError: expect.stringContaining('ECONNREFUSED') });
    await kafka.restart();
    await untilPublished(publisher, [anOutboxEvent({ topic })]);
    expect(publisher.state()).toMatchObject({ connected: true });
    expect(logger.lines.slice(0, 2)).toEqual(['warn kafka unavailable', 'info kafka connected']);
  });

  test('a broker that dies while nothing is published is noticed, and found again', async () => {
    kafka = await startKafka();
    publisher = aPublisher({ brokers: [kafka.brokers] });
    await publisher.publish([anOutboxEvent({ topic })]);
    await kafka.kill();
    await until(() => !publisher.state().connected);
    await kafka.restart();
    await until(() => publisher.state().connected);
  });
});

/** As a relay does: the same events again until they are confirmed. Answers how often that was rejected. */
async function untilPublished(publisher: KafkaEventPublisher, events: readonly OutboxEvent[]): Promise<number> {
  for (let rejections = 0; ; rejections += 1) {
    const error = await publisher.publish(events).catch((reason: unknown) => reason);
    if (error === undefined) return rejections;
    expect(error).toBeInstanceOf(Unavailable);
    await sleep(100);
  }
}

const rejection = (promise: Promise<void>): Promise<unknown> => promise.catch((error: unknown) => error);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

/** Everything above debug, as `level message`. */
function countingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}
