import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outcome, PaymentMessage } from '@ferry/payments';
import { stopwatch, timedSteadily } from '@ferry/kernel';
import {
  aMessage,
  depthOf,
  eventually,
  idsOf,
  pause,
  quickest,
  RecordingHandler,
  someMessages,
} from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { control, CountingMeter, privateName, RememberingLogger, startBroker, type OwnBroker } from './broker.js';

/** Longer than a machine is paused: where it runs out, the broker is frozen. */
const CONFIRM_TIMEOUT_MS = 5_000;
const AT_ONCE_MS = 700;

describe('a broker that goes and comes', () => {
  let broker: OwnBroker;
  let logger: RememberingLogger;
  let meter: CountingMeter;
  let queue: RabbitMqPaymentQueue;

  const open = (): RabbitMqPaymentQueue =>
    new RabbitMqPaymentQueue({
      url: broker.url,
      queueName: privateName(),
      confirmTimeoutMs: CONFIRM_TIMEOUT_MS,
      logger,
      meter,
    });
  const connected = (): Promise<void> => eventually('it is connected', () => queue.state().connected, 60_000);

  beforeAll(async () => {
    broker = await startBroker();
  });

  afterAll(() => broker.stop());

  beforeEach(() => {
    logger = new RememberingLogger();
    meter = new CountingMeter();
    queue = open();
  });

  afterEach(() => queue.close());

  test('loses nothing that was confirmed when it is killed while we publish and consume', async () => {
    const confirmed = new Set<string>();
    const handled = new Set<string>();
    const duringOutage: boolean[] = [];
    let slowest = 0;
    let [down, finished] = [false, false];
    await connected();
    await queue.consume(
      async (messages) => {
        await pause(2);
        for (const id of idsOf(messages)) handled.add(id);
        return messages.map(() => ({ outcome: 'done' }));
      },
      { prefetch: 50 },
    );
    const publishing = (async () => {
      while (!finished) {
        const messages = someMessages(20);
        const { answer: answers, ms } = await timedSteadily(() => queue.publish(messages));
        slowest = Math.max(slowest, ms);
        messages.forEach(({ paymentId }, i) => answers[i] && confirmed.add(paymentId));
        if (down) duringOutage.push(...answers);
        await pause(down ? 20 : 1);
      }
    })();
    for (let round = 0; round < 2; round += 1) {
      await pause(1_000);
      await broker.kill();
      await eventually('it is noticed', () => !queue.state().connected);
      const before = duringOutage.length;
      down = true;
      await eventually('some were published meanwhile', () => duringOutage.length > before);
      down = false;
      await broker.restart();
      await connected();
    }
    await pause(1_000);
    finished = true;
    await publishing;
    await eventually('all confirmed messages are handled', () => [...confirmed].every((id) => handled.has(id)), 60_000);
    expect(confirmed.size).toBeGreaterThan(100);
    expect(duringOutage).not.toContain(true);
    expect(slowest).toBeLessThan(CONFIRM_TIMEOUT_MS + 1_000);
    for (const purpose of ['publish', 'consume']) {
      expect(logger.of('rabbitmq connected', purpose)).toBe(3);
      expect(logger.of('rabbitmq is away', purpose)).toBeGreaterThanOrEqual(2);
      expect(meter.gauges.get(`queue_reconnects ${purpose}`)).toBe(2);
    }
  }, 180_000);

  test('a batch that was running when it died comes again', async () => {
    await connected();
    const seen: PaymentMessage[] = [];
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let [running, runningMax] = [0, 0];
    await queue.consume(
      async (messages) => {
        running += 1;
        runningMax = Math.max(runningMax, running);
        seen.push(...messages);
        if (seen.length === 1) await gate;
        running -= 1;
        return messages.map(() => ({ outcome: 'done' }));
      },
      { prefetch: 1 },
    );
    const message = aMessage();
    expect(await queue.publish([message])).toEqual([true]);
    await eventually('it is running', () => seen.length === 1);
    await broker.kill();
    await broker.restart();
    await eventually('it was noticed', () => logger.of('rabbitmq connected', 'consume') === 2, 60_000);
    await pause(500);
    expect(runningMax).toBe(1); // one at a time, also across connections
    release();
    await eventually('it came again', () => seen.length === 2);
    expect(seen).toEqual([message, message]);
    expect(meter.counts.get('queue_redelivered_total')).toBe(1);
    await eventually('it is forgotten', () => running === 0);
    await pause(200);
    await connected(); // the other connection too: only it knows the depth
    expect(await depthOf(queue)).toBe(0);
  }, 120_000);

  test('what was pending when it died comes again when there is room, and its late outcome harms nobody', async () => {
    await connected();
    const seen: PaymentMessage[] = [];
    const ends: PromiseWithResolvers<Outcome>[] = [];
    const consumer = await queue.consume(
      async (messages) => {
        seen.push(...messages);
        return messages.map(() => {
          const end = Promise.withResolvers<Outcome>();
          ends.push(end);
          return end.promise;
        });
      },
      { prefetch: 2 },
    );
    const messages = someMessages(2);
    expect(await queue.publish(messages)).toEqual([true, true]);
    await eventually('both are pending', () => seen.length === 2);
    await broker.kill();
    await broker.restart();
    await eventually('it was noticed', () => logger.of('rabbitmq connected', 'consume') === 2, 60_000);
    await pause(500);
    expect(seen).toHaveLength(2); // the prefetch bounds what is in hand, also across connections
    ends[0]?.resolve({ outcome: 'done' });
    await eventually('one came again', () => seen.length === 3);
    await pause(500);
    expect(seen).toHaveLength(3);
    ends[1]?.reject(new Error('the store is away'));
    await eventually('both came again', () => seen.length === 4);
    await pause(1_500); // time enough for a third try of what was refused
    expect(byId(seen)).toEqual(byId([...messages, ...messages]));
    for (const end of ends) end.resolve({ outcome: 'done' });
    await consumer.stop(5_000);
    await connected();
    expect(await depthOf(queue)).toBe(0);
    expect(logger.of('rabbitmq channel lost', 'consume')).toBe(0); // no acknowledgement went astray
  }, 120_000);

  test('messages in a retry queue and dead letters survive', async () => {
    await connected();
    const handler = new RecordingHandler(({ attempt, origin }) =>
      origin === undefined
        ? { outcome: 'give-up', reason: 'no' }
        : attempt === 0
          ? { outcome: 'retry', delayMs: 5_000 }
          : { outcome: 'done' },
    );
    await queue.consume(handler.handle, { prefetch: 10 });
    const { tenantId, paymentId } = aMessage();
    await queue.publish([aMessage(), { tenantId, paymentId, attempt: 0 }]);
    await eventually('both were handled', () => handler.messages.length === 2);
    await eventually('both were passed on', () => meter.counts.get('queue_confirmed_total') === 4);
    await broker.kill();
    await broker.restart();
    await eventually('the retry came', () => handler.messages.some(({ attempt }) => attempt === 1), 60_000);
    await connected();
    await eventually('the dead letter is counted', async () => (await queue.count()) === 1);
  }, 120_000);

  test('a frozen one: publish answers within its timeout, then at once, and works again when it thaws', async () => {
    await connected();
    process.kill(broker.pid, 'SIGSTOP');
    try {
      expect(await queue.publish(someMessages(3))).toEqual([false, false, false]);
      await atOnce(async () => expect(await queue.publish(someMessages(3))).toEqual([false, false, false]));
      const depth = await timedSteadily(() => queue.depth());
      expect(depth.answer).toBeUndefined();
      expect(depth.ms).toBeLessThan(5_000);
      await atOnce(() => queue.depth());
      const count = await timedSteadily(() => queue.count().catch((error: Error) => error.name));
      expect(count.answer).toBe('Unavailable');
      expect(count.ms).toBeLessThan(20_000);
    } finally {
      process.kill(broker.pid, 'SIGCONT');
    }
    await eventually('it takes messages again', () => meter.counts.get('queue_confirmed_total') === 3);
    expect(await queue.publish([aMessage()])).toEqual([true]);
    await eventually('the question of before is answered', async () => (await queue.depth()) === 4);
  });

  test('one short of memory: publish answers false at once, consumers go on', async () => {
    await connected();
    const messages = someMessages(20);
    await queue.publish(messages);
    await control(broker, 'set_vm_memory_high_watermark', '0.00001');
    // The broker tells of the alarm only to those that publish in spite of it.
    await queue.publish([aMessage()]);
    await atOnce(async () => expect(await queue.publish(someMessages(3))).toEqual([false, false, false]));
    const handler = new RecordingHandler();
    const consumer = await queue.consume(handler.handle, { prefetch: 5 });
    await eventually('all are handled', () => handler.messages.length >= 20);
    await control(broker, 'set_vm_memory_high_watermark', '0.4');
    await eventually('the late one comes too', () => handler.messages.length === 21);
    // By another connection, so maybe later; until then nothing more is published.
    await eventually('and is confirmed', () => meter.counts.get('queue_confirmed_total') === 21);
    expect(await queue.publish([aMessage()])).toEqual([true]);
    await consumer.stop(1_000);
  });

  test('a frozen one does not keep us from stopping and closing', async () => {
    await connected();
    const consumer = await queue.consume(new RecordingHandler().handle, { prefetch: 10 });
    await connected();
    process.kill(broker.pid, 'SIGSTOP');
    try {
      expect((await timedSteadily(() => consumer.stop(500))).ms).toBeLessThan(5_000);
      expect((await timedSteadily(() => queue.close())).ms).toBeLessThan(5_000);
      // else the process would not end
      await eventually('the sockets are gone', () => !process.getActiveResourcesInfo().includes('TCPSocketWrap'));
    } finally {
      process.kill(broker.pid, 'SIGCONT');
    }
  });

  test('starts without it, says why, and connects when it is there', async () => {
    await connected();
    await broker.kill();
    const early = open();
    const handler = new RecordingHandler();
    await early.consume(handler.handle, { prefetch: 10 });
    await atOnce(() => early.publish([aMessage()]));
    await eventually('it knows why', () => early.state().lastError !== undefined);
    expect(early.state()).toMatchObject({ connected: false, lastError: expect.stringMatching(/ECONNREFUSED/) });
    expect(JSON.stringify(logger.lines)).not.toContain('guest');
    await broker.restart();
    await eventually('it is connected', () => early.state().connected, 60_000);
    expect(await early.publish([aMessage()])).toEqual([true]);
    await eventually('it consumes', () => handler.messages.length === 1);
    await early.close();
  }, 120_000);

  test('an orderly restart of it is noticed and survived', async () => {
    await connected();
    const handler = new RecordingHandler();
    await queue.consume(handler.handle, { prefetch: 10 });
    await connected();
    await broker.restart();
    await eventually(
      'both are back',
      () => ['publish', 'consume'].every((p) => logger.of('rabbitmq connected', p) === 2),
      60_000,
    );
    expect(await queue.publish([aMessage()])).toEqual([true]);
    await eventually('it consumes', () => handler.messages.length === 1);
    expect(logger.of('rabbitmq channel lost', 'consume')).toBe(0);
  }, 120_000);
});

const byId = (messages: readonly PaymentMessage[]): string[] => idsOf(messages).sort();

/** Without waiting for any time-out: those are of a second and more. */
async function atOnce(work: () => Promise<unknown>): Promise<void> {
  const measured = async (): Promise<number> => {
    const tookMs = stopwatch();
    await work();
    return tookMs();
  };
  expect(await quickest(AT_ONCE_MS, measured)).toBeLessThan(AT_ONCE_MS);
}
