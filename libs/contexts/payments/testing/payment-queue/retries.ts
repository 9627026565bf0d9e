import { expect, test } from '@jest/globals';
import type { PaymentMessage } from '../../src/ports/payment-queue.js';
import { eventually } from '../eventually.js';
import {
  aMessage,
  done,
  gaps,
  RecordingHandler,
  someMessages,
  withQueue,
  type MakeQueue,
} from '../queue-under-test.js';

const RETRY_DELAY_MS = 1_000; // the shortest step of the RabbitMQ retry queues

export function retries(makeQueue: MakeQueue): void {
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
      for (const gap of gaps(times)) expect(gap).toBeGreaterThanOrEqual(RETRY_DELAY_MS - 2); // two clocks, rounded to milliseconds
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
