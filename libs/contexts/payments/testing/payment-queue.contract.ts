import { describe, expect, test } from '@jest/globals';
import type { PaymentHandler } from '../src/ports/payment-queue.js';
import { eventually, pause } from './eventually.js';
import { fullness } from './payment-queue/fullness.js';
import { pending } from './payment-queue/pending.js';
import { rejections } from './payment-queue/rejections.js';
import { retries } from './payment-queue/retries.js';
import { stopping } from './payment-queue/stopping.js';
import {
  aMessage,
  byId,
  depthOf,
  done,
  QUIET_MS,
  RecordingHandler,
  someMessages,
  withQueue,
  type MakeQueue,
} from './queue-under-test.js';

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
        expect(await depthOf(queue)).toBe(0);
      }));

    test('keeps what is published before anyone consumes, and tells its depth', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const handler = new RecordingHandler();
        const messages = someMessages(3);
        await queue.publish(messages);
        await eventually('it tells its depth, whoever else asks meanwhile', async () =>
          (await Promise.all([queue.depth(), queue.depth()])).every((depth) => depth === 3),
        );
        await consume(handler.handle);
        await eventually('all are handled', () => handler.messages.length === 3);
      }));

    test('knows about how many stand before a new one', () =>
      withQueue(makeQueue, async ({ queue, consume }) => {
        const { tenantId } = aMessage();
        await eventually('it knows', () => queue.ahead(tenantId) === 0);
        await queue.publish(someMessages(3));
        await eventually('three stand', () => queue.ahead(tenantId) === 3);
        await consume(new RecordingHandler().handle);
        await eventually('none stands', () => queue.ahead(tenantId) === 0);
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
        const [one, other] = [new RecordingHandler(), new RecordingHandler()];
        // Whoever comes first waits for the other, which may take longer to connect than to handle all of them.
        const bothHaveSome = (): Promise<void> =>
          eventually('both have some', () => one.messages.length > 0 && other.messages.length > 0);
        const sharing =
          ({ handle }: RecordingHandler): PaymentHandler =>
          async (messages) => {
            const outcomes = await handle(messages);
            await bothHaveSome();
            return outcomes;
          };
        await Promise.all([consume(sharing(one), 2), consume(sharing(other), 2)]);
        const messages = someMessages(40);
        await queue.publish(messages);
        await eventually('all are handled', () => one.messages.length + other.messages.length === 40);
        expect(byId([...one.messages, ...other.messages])).toEqual(byId(messages));
      }));

    retries(makeQueue);
    rejections(makeQueue);
    pending(makeQueue);
    stopping(makeQueue);
    fullness(makeQueue);
  });
}
