import { expect, test } from '@jest/globals';
import { timedSteadily } from '@ferry/kernel';
import type { PaymentMessage } from '../../src/ports/payment-queue.js';
import { eventually, pause } from '../eventually.js';
import {
  aMessage,
  byId,
  done,
  QUIET_MS,
  RecordingHandler,
  someMessages,
  withQueue,
  type MakeQueue,
} from '../queue-under-test.js';

export function stopping(makeQueue: MakeQueue): void {
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
      const stopped = consumer.stop(60_000);
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
      await consumer.stop(200); // else for ever: it is let go only afterwards

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
      const { ms } = await timedSteadily(() => consumer.stop(60_000));
      expect(ms).toBeLessThan(30_000);

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

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
