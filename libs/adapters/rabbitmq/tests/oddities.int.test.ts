import { describe, expect, test } from '@jest/globals';
import type { DeadLetter, Outcome } from '@ferry/payments';
import { aMessage, eventually, idsOf, pause, RecordingHandler, someMessages } from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { CountingMeter, makeQueueOn, RememberingLogger, withBroker } from './broker.js';

const url = process.env['TEST_RABBITMQ_URL'] ?? '';

describe('publishing', () => {
  test('to an exchange that leads nowhere answers false, for these messages only', async () => {
    const meter = new CountingMeter();
    const { queue, name, close } = await makeQueueOn(url, { meter });
    await withBroker(url, async (model) => (await model.createChannel()).unbindQueue(name, name, name));
    expect(await queue.publish(someMessages(3))).toEqual([false, false, false]);
    await withBroker(url, async (model) => (await model.createChannel()).bindQueue(name, name, name));
    expect(await queue.publish(someMessages(2))).toEqual([true, true]);
    expect(Object.fromEntries(meter.counts)).toEqual({
      queue_published_total: 5,
      queue_returned_total: 3,
      queue_confirmed_total: 2,
    });
    await close();
  });

  test('to an exchange that is gone answers false, and heals by itself', async () => {
    const { queue, name, close } = await makeQueueOn(url);
    await withBroker(url, async (model) => (await model.createChannel()).deleteExchange(name));
    expect(await queue.publish([aMessage()])).toEqual([false]);
    await eventually('it is back', () => queue.state().connected && queue.state().lastError !== undefined);
    expect(await queue.publish([aMessage()])).toEqual([true]);
    await close();
  });

  test('beyond the messages that may be unconfirmed answers false at once', async () => {
    const { queue, close } = await makeQueueOn(url, { unconfirmedMax: 5 });
    const answers = await queue.publish(someMessages(8));
    expect(answers).toEqual([true, true, true, true, true, false, false, false]);
    expect(await queue.publish([aMessage()])).toEqual([true]);
    await close();
  });

  test('to a full queue is nacked and counted', async () => {
    const meter = new CountingMeter();
    const { queue, close } = await makeQueueOn(url, { meter, queueLengthMax: 2 });
    for (let round = 0; round < 10; round += 1) await queue.publish([aMessage()]);
    expect(meter.counts.get('queue_nacked_total')).toBeGreaterThan(0);
    await close();
  });

  test('after close answers false', async () => {
    const { queue, close } = await makeQueueOn(url);
    await close();
    expect(await queue.publish([aMessage()])).toEqual([false]);
    expect(await queue.depth()).toBeUndefined();
    await expect(queue.count()).rejects.toMatchObject({ name: 'Unavailable', service: 'rabbitmq' });
    expect(queue.state().connected).toBe(false);
  });
});

describe('consuming', () => {
  test('messages that cannot be read go to the dead letters with the reason, others are handled', async () => {
    const { queue, name, close } = await makeQueueOn(url);
    const handler = new RecordingHandler();
    const consumer = await queue.consume(handler.handle, { prefetch: 10 });
    const poison = ['', '{"tenant_id":', 'null', '{"tenant_id":"acme","payment_id":"x"}'];
    await withBroker(url, async (model) => {
      const channel = await model.createConfirmChannel();
      for (const body of poison) channel.publish(name, name, Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
    });
    const good = aMessage();
    await queue.publish([good]);
    await eventually('the good one is handled', () => handler.messages.length === 1);
    await consumer.stop(5_000);
    const letters: DeadLetter[] = [];
    await queue.drain(async (letter) => (letters.push(letter), 'keep'), 100);
    expect(letters.map(({ reason }) => reason).sort()).toEqual([
      'no valid payment_id',
      'not a JSON object',
      'not a JSON object',
      'not a JSON object',
    ]);
    expect(letters.every(({ message }) => message === undefined)).toBe(true);
    expect(handler.messages).toEqual([good]);
    await close();
  });

  test('goes on after its queue was deleted', async () => {
    const logger = new RememberingLogger();
    const { queue, name, close } = await makeQueueOn(url, { logger });
    const handler = new RecordingHandler();
    await queue.consume(handler.handle, { prefetch: 10 });
    await queue.publish([aMessage()]);
    await eventually('it consumes', () => handler.messages.length === 1);
    // Else the publishing connection may be lost too: who asks how many stand in a queue that is gone, loses its channel.
    await eventually('nobody asks how many stand', () => queue.ahead('acme') === 0);
    await withBroker(url, async (model) => (await model.createChannel()).deleteQueue(name));
    await eventually('it reconnected', () => logger.of('rabbitmq connected', 'consume') === 2);
    expect(await queue.publish([aMessage()])).toEqual([true]);
    await eventually('it consumes again', () => handler.messages.length === 2);
    await close();
  });

  test('a retry queue that is full holds up its own messages only', async () => {
    const logger = new RememberingLogger();
    const { queue, name, close } = await makeQueueOn(url, { queueLengthMax: 2, logger });
    const handled: string[] = [];
    const consumer = await queue.consume(
      async (messages) => {
        handled.push(...idsOf(messages));
        return messages.map(({ origin }): Outcome =>
          origin ? { outcome: 'retry', delayMs: 600_000 } : { outcome: 'done' },
        );
      },
      { prefetch: 20 },
    );
    // More than the retry queue takes: how many more is up to the broker, which notices that it is full a moment late.
    const isFull = (): boolean => logger.lines.some(({ message }) => /passed on/.test(message));
    let sent = 0;
    for (const message of someMessages(100)) {
      while (!(await queue.publish([message]))[0]) await pause(20);
      sent += 1;
      await eventually('it is handled', () => handled.length === sent);
      if (isFull()) break;
      await pause(20);
    }
    await eventually('some cannot be passed on', isFull);
    const { tenantId, paymentId, attempt } = aMessage();
    expect(await queue.publish([{ tenantId, paymentId, attempt }])).toEqual([true]);
    await eventually('another passes', () => handled.includes(paymentId));
    expect(new Set(handled).size).toBe(handled.length);
    await consumer.stop(1_000);
    const counts = (): Promise<number[]> =>
      withBroker(url, async (model) => {
        const channel = await model.createChannel();
        return Promise.all(
          [name, `${name}.retry.10m`].map(async (each) => (await channel.checkQueue(each)).messageCount),
        );
      });
    // What was handed back may be a moment on its way. None is lost, and the other one is done.
    await eventually('all are there', async () => (await counts()).reduce((sum, count) => sum + count) === sent);
    expect((await counts()).every((count) => count > 0)).toBe(true);
    await close();
  });

  test('counts what it passes on', async () => {
    const meter = new CountingMeter();
    const { queue, close } = await makeQueueOn(url, { meter });
    const handler = new RecordingHandler(({ attempt }) =>
      attempt === 0 ? { outcome: 'retry', delayMs: 1 } : { outcome: 'give-up', reason: 'no' },
    );
    const consumer = await queue.consume(handler.handle, { prefetch: 10 });
    await queue.publish([aMessage()]);
    await eventually('it came twice', () => handler.messages.length === 2);
    await consumer.stop(5_000);
    expect(Object.fromEntries(meter.counts)).toEqual({
      queue_published_total: 3,
      queue_confirmed_total: 3,
      queue_retried_total: 1,
      queue_dead_lettered_total: 1,
    });
    await close();
  });

  test('a consumer whose queue object is closed has stopped', async () => {
    const { queue, close } = await makeQueueOn(url);
    const handler = new RecordingHandler();
    await queue.consume(handler.handle, { prefetch: 1 });
    await close();
    expect(queue.state().connected).toBe(false);
  });
});

test.each(['', 'guest:secret@host', 'http://guest:secret@host', 'amqp://guest:secret@host:port'])(
  'the URL %s is refused without repeating it',
  (bad) => {
    const make = (): RabbitMqPaymentQueue => new RabbitMqPaymentQueue({ url: bad });
    expect(make).toThrow('the URL of RabbitMQ is not amqp:// or amqps://');
  },
);
