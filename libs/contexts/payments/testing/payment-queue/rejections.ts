import { expect, test } from '@jest/globals';
import type { PaymentMessage } from '../../src/ports/payment-queue.js';
import { eventually, pause } from '../eventually.js';
import { aMessage, byId, done, gaps, QUIET_MS, someMessages, withQueue, type MakeQueue } from '../queue-under-test.js';

export function rejections(makeQueue: MakeQueue): void {
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
