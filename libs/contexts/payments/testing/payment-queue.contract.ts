import { describe, expect, test } from '@jest/globals';
import type { PaymentMessage } from '../src/ports/payment-queue.js';
import { eventually, pause } from './eventually.js';
import {
  aMessage,
  done,
  idsOf,
  RecordingHandler,
  someMessages,
  withQueue,
  type MakeQueue,
} from './queue-under-test.js';

const RETRY_DELAY_MS = 1_000; // the shortest step of the RabbitMQ retry queues
const RETRY_LATE_MS = 4_000; // "about": a busy machine may be this much late
const QUIET_MS = 300; // long enough for a message that should not come to come

/** What every PaymentQueue keeps. Call it inside a test file. */
export function paymentQueueContract(name: string, makeQueue: MakeQueue): void {
  describe(`${name} is a payment queue`, () => {
    test('hands on each message once when it is done', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const handler = new RecordingHandler();
        const messages = someMessages(50);
        await consume(handler.handle);
        expect(await queue.publish(messages)).toEqual(messages.map(() => true));
        await eventually('all are handled', () => handler.messages.length >= messages.length);
        await pause(QUIET_MS);
        expect(byId(handler.messages)).toEqual(byId(messages));
        expect(await queue.depth()).toBe(0);
      }));

    test('keeps what is published before anyone consumes, and tells its depth', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const handler = new RecordingHandler();
        const messages = someMessages(3);
        await queue.publish(messages);
        expect(await queue.depth()).toBe(3);
        await consume(handler.handle);
        await eventually('all are handled', () => handler.messages.length === 3);
      }));

    test('publishes nothing as nothing', () =>
      withQueue(makeQueue, async ({ queue }) => {
        expect(await queue.publish([])).toEqual([]);
      }));

    test('carries a message without an origin', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const handler = new RecordingHandler();
        const { tenantId, paymentId } = aMessage();
        await consume(handler.handle);
        await queue.publish([{ tenantId, paymentId, attempt: 0 }]);
        await eventually('it is handled', () => handler.messages.length === 1);
        expect(handler.messages[0]?.origin).toBeUndefined();
      }));

    test('takes a duplicate as a message like any other', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const handler = new RecordingHandler();
        const message = aMessage();
        await consume(handler.handle);
        expect(await queue.publish([message, message])).toEqual([true, true]);
        await eventually('both are handled', () => handler.messages.length === 2);
      }));

    test('gives batches no larger than the prefetch', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const handler = new RecordingHandler();
        await queue.publish(someMessages(40));
        await consume(handler.handle, 7);
        await eventually('all are handled', () => handler.messages.length === 40);
        expect(Math.max(...handler.batches.map((batch) => batch.length))).toBeLessThanOrEqual(7);
        expect(handler.batches.length).toBeLessThan(40);
      }));

    test('gives one at a time with a prefetch of 1', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        let [running, runningMax, handled] = [0, 0, 0];
        await queue.publish(someMessages(10));
        await consume(async (messages) => {
          running += messages.length;
          runningMax = Math.max(runningMax, running);
          await pause(5);
          running -= messages.length;
          handled += messages.length;
          return messages.map(() => done);
        }, 1);
        await eventually('all are handled', () => handled === 10);
        expect(runningMax).toBe(1);
      }));

    test.each([0, -1, Number.NaN])('refuses a prefetch of %p', (prefetch) =>
      withQueue(makeQueue, async ({ consume }) => {
        await expect(consume(new RecordingHandler().handle, prefetch)).rejects.toThrow(RangeError);
      }),
    );

    test('shares the messages among consumers', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const [one, other] = [slowHandler(), slowHandler()];
        await Promise.all([consume(one.handle, 2), consume(other.handle, 2)]);
        const messages = someMessages(40);
        await queue.publish(messages);
        await eventually('all are handled', () => one.messages.length + other.messages.length === 40);
        expect(byId([...one.messages, ...other.messages])).toEqual(byId(messages));
        expect(Math.min(one.messages.length, other.messages.length)).toBeGreaterThan(0);
      }));

    retries(makeQueue);
    rejections(makeQueue);
    stopping(makeQueue);
    fullness(makeQueue);
  });
}

function retries(makeQueue: MakeQueue): void {
  test('brings a retry back after its delay, never before, and counts it', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const times: number[] = [];
      const handler = new RecordingHandler(({ attempt }) => {
        times.push(Date.now());
        return attempt < 2 ? { outcome: 'retry', delayMs: RETRY_DELAY_MS } : done;
      });
      const message = aMessage();
      await consume(handler.handle);
      await queue.publish([message]);
      await eventually('it came three times', () => handler.messages.length === 3);
      expect(handler.messages).toEqual([0, 1, 2].map((attempt) => ({ ...message, attempt })));
      for (const gap of gaps(times)) {
        expect(gap).toBeGreaterThanOrEqual(RETRY_DELAY_MS - 2); // two clocks, rounded to milliseconds
        expect(gap).toBeLessThan(RETRY_DELAY_MS + RETRY_LATE_MS);
      }
    }));

  test('lets others pass a retry', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const [retried, ...others] = someMessages(20);
      const handler = new RecordingHandler(({ paymentId, attempt }) =>
        paymentId === retried?.paymentId && attempt === 0 ? { outcome: 'retry', delayMs: RETRY_DELAY_MS } : done,
      );
      await consume(handler.handle);
      await queue.publish([retried as PaymentMessage, ...others]);
      await eventually('the retry came back', () => handler.messages.length === 21);
      expect(handler.messages.at(-1)).toEqual({ ...retried, attempt: 1 });
    }));
}

function rejections(makeQueue: MakeQueue): void {
  test('holds the messages while the handler rejects, and counts nothing', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const seen: PaymentMessage[][] = [];
      const times: number[] = [];
      await consume(async (messages) => {
        seen.push([...messages]);
        times.push(Date.now());
        if (seen.length <= 2) throw new Error('the store is away');
        return messages.map(() => done);
      }, 3);
      const messages = someMessages(3);
      await queue.publish(messages);
      const handled = (): PaymentMessage[] => seen.slice(2).flat();
      await eventually('all are handled', () => handled().length === 3);
      await pause(QUIET_MS);
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[2]).toEqual(seen[0]);
      expect(byId(handled())).toEqual(byId(messages));
      for (const gap of gaps(times.slice(0, 3))) expect(gap).toBeGreaterThanOrEqual(400);
    }));

  test('takes a wrong number of outcomes for a rejection', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      let calls = 0;
      await consume(async (messages) => {
        calls += 1;
        return calls === 1 ? [] : messages.map(() => done);
      });
      await queue.publish([aMessage()]);
      await eventually('it was asked again', () => calls === 2);
    }));
}

function stopping(makeQueue: MakeQueue): void {
  test('stop lets a running batch finish and hands back the rest', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const first: PaymentMessage[] = [];
      const finish = gate();
      const consumer = await consume(async (messages) => {
        first.push(...messages);
        await finish.opened;
        return messages.map(() => done);
      }, 5);
      const messages = someMessages(20);
      await queue.publish(messages);
      await eventually('a batch is running', () => first.length > 0);
      const stopped = consumer.stop(5_000);
      await pause(50);
      finish.open();
      await stopped;

      const rest = new RecordingHandler();
      await consume(rest.handle);
      await eventually('the rest is handled', () => first.length + rest.messages.length >= 20);
      await pause(QUIET_MS);
      expect(byId([...first, ...rest.messages])).toEqual(byId(messages));
    }));

  test('stop does not wait longer than it was told, and what ran is handed back', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const finish = gate();
      const stuck: PaymentMessage[] = [];
      const consumer = await consume(async (messages) => {
        stuck.push(...messages);
        await finish.opened;
        return messages.map(() => done);
      });
      const message = aMessage();
      await queue.publish([message]);
      await eventually('it is running', () => stuck.length === 1);
      const started = Date.now();
      await consumer.stop(200);
      expect(Date.now() - started).toBeLessThan(2_000);

      const next = new RecordingHandler();
      await consume(next.handle);
      await eventually('another has it', () => next.messages.length === 1);
      expect(next.messages).toEqual([message]);
      finish.open();
    }));

  test('stop ends the waiting for a store that is away', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      let calls = 0;
      const consumer = await consume(async () => {
        calls += 1;
        throw new Error('the store is away');
      });
      const message = aMessage();
      await queue.publish([message]);
      await eventually('it was tried', () => calls > 0);
      const started = Date.now();
      await consumer.stop(10_000);
      expect(Date.now() - started).toBeLessThan(2_000);

      const next = new RecordingHandler();
      await consume(next.handle);
      await eventually('another has it', () => next.messages.length === 1);
      expect(next.messages).toEqual([message]);
    }));

  test('a stopped consumer may be stopped again', () =>
    withQueue(makeQueue, async ({ consume }) => {
      const consumer = await consume(new RecordingHandler().handle);
      await consumer.stop(100);
      await consumer.stop(100);
    }));
}

function fullness(makeQueue: MakeQueue): void {
  test('answers false when it is full, and has what it answered true for', () =>
    withQueue(
      makeQueue,
      async ({ queue, consume }) => {
        const taken: PaymentMessage[] = [];
        let refused = 0;
        for (let round = 0; round < 20; round += 1) {
          const messages = someMessages(3);
          const answers = await queue.publish(messages);
          taken.push(...messages.filter((_, i) => answers[i]));
          refused += answers.filter((answer) => !answer).length;
        }
        expect(refused).toBeGreaterThan(0);
        expect(taken.length).toBeGreaterThanOrEqual(5);
        const handler = new RecordingHandler();
        await consume(handler.handle);
        await eventually('all that was taken is handled', () => handler.messages.length >= taken.length);
        expect(byId(handler.messages)).toEqual(byId(taken));
        await eventually('it has room again', () => handler.messages.length === taken.length);
        expect(await queue.publish([aMessage()])).toEqual([true]);
      },
      { capacity: 5 },
    ));
}

const slowHandler = (): { messages: PaymentMessage[]; handle: RecordingHandler['handle'] } => {
  const messages: PaymentMessage[] = [];
  return {
    messages,
    handle: async (batch) => {
      messages.push(...batch);
      await pause(5);
      return batch.map(() => done);
    },
  };
};

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, i) => time - (times[i] as number));

const byId = (messages: readonly PaymentMessage[]): string[] => idsOf(messages).sort();
