import { describe, expect, test } from '@jest/globals';
import type { DeadLetter, Outcome, PaymentMessage } from '../src/ports/payment-queue.js';
import { eventually } from './eventually.js';
import {
  aMessage,
  done,
  idsOf,
  RecordingHandler,
  someMessages,
  withQueue,
  type MakeQueue,
} from './queue-under-test.js';

const giveUp: Outcome = { outcome: 'give-up', reason: 'rail said no' };

/** What every DeadLetters keeps, together with the queue it belongs to. Call it inside a test file. */
export function deadLettersContract(name: string, makeQueue: MakeQueue): void {
  /** A queue whose dead letters are exactly `messages`. */
  const withDead = (
    messages: readonly PaymentMessage[],
    story: (tested: Parameters<Parameters<typeof withQueue>[1]>[0]) => Promise<void>,
  ): Promise<void> =>
    withQueue(makeQueue, async (tested) => {
      const handler = new RecordingHandler(() => giveUp);
      const consumer = await tested.consume(handler.handle);
      await tested.queue.publish(messages);
      await eventually('all are given up', () => handler.messages.length === messages.length);
      await consumer.stop(5_000);
      expect(await tested.deadLetters.count()).toBe(messages.length);
      await story(tested);
    });

  describe(`${name} keeps dead letters`, () => {
    test('a message given up lies there with its reason; others are not touched', () =>
      withQueue(makeQueue, async ({ queue, deadLetters, consume }) => {
        const [bad, ...good] = someMessages(10) as [PaymentMessage, ...PaymentMessage[]];
        const handler = new RecordingHandler(({ paymentId }) => (paymentId === bad.paymentId ? giveUp : done));
        const consumer = await consume(handler.handle);
        const publishedAt = Date.now();
        await queue.publish([bad, ...good]);
        await eventually('all are handled', () => handler.messages.length === 10);
        await consumer.stop(5_000);
        const letters: DeadLetter[] = [];
        const answer = await deadLetters.drain(async (letter) => (letters.push(letter), 'keep'), 100);
        expect(answer).toEqual({ replayed: 0, kept: 1, dropped: 0 });
        expect(letters[0]).toMatchObject({ message: bad, reason: 'rail said no' });
        const deadAt = letters[0]?.deadAt?.getTime() ?? Number.NaN;
        expect(deadAt).toBeGreaterThan(publishedAt - 1_000); // brokers tell it to the second
        expect(deadAt).toBeLessThanOrEqual(Date.now());
      }));

    test('is empty at first', () =>
      withQueue(makeQueue, async ({ deadLetters }) => {
        expect(await deadLetters.count()).toBe(0);
        expect(await deadLetters.drain(async () => 'drop', 10)).toEqual({ replayed: 0, kept: 0, dropped: 0 });
      }));

    test('drain replays, keeps and drops as it is told', () => {
      const [replayed, kept, dropped] = [aMessage(), aMessage(), aMessage()];
      const decisions = new Map([
        [replayed.paymentId, 'replay' as const],
        [kept.paymentId, 'keep' as const],
        [dropped.paymentId, 'drop' as const],
      ]);
      return withDead([replayed, kept, dropped], async ({ deadLetters, consume }) => {
        const answer = await deadLetters.drain(
          async ({ message }) => decisions.get(message?.paymentId ?? '') ?? 'keep',
          10,
        );
        expect(answer).toEqual({ replayed: 1, kept: 1, dropped: 1 });
        const handler = new RecordingHandler();
        await consume(handler.handle);
        await eventually('the replay is handled', () => handler.messages.length === 1);
        expect(handler.messages).toEqual([replayed]);
        const left: DeadLetter[] = [];
        await eventuallyCounts(deadLetters, 1);
        await deadLetters.drain(async (letter) => (left.push(letter), 'keep'), 10);
        expect(left.map(({ message }) => message)).toEqual([kept]);
      });
    });

    test('a replayed message counts its retries anew', () =>
      withQueue(makeQueue, async ({ queue, deadLetters, consume }) => {
        const handler = new RecordingHandler(({ attempt }) =>
          attempt === 0 && handler.messages.length === 1 ? { outcome: 'retry', delayMs: 100 } : giveUp,
        );
        await consume(handler.handle);
        await queue.publish([aMessage()]);
        await eventually('it was retried', () => handler.messages.length === 2);
        await eventuallyCounts(deadLetters, 1);
        await deadLetters.drain(async () => 'replay', 10);
        await eventually('it was replayed', () => handler.messages.length === 3);
        expect(handler.messages.map(({ attempt }) => attempt)).toEqual([0, 1, 0]);
      }));

    test('drain looks at no more than it was told, and at each only once', () =>
      withDead(someMessages(10), async ({ deadLetters }) => {
        const seen: string[] = [];
        const see = async ({ message }: DeadLetter): Promise<'keep'> => {
          seen.push(...idsOf(message ? [message] : []));
          return 'keep';
        };
        expect(await deadLetters.drain(see, 4)).toEqual({ replayed: 0, kept: 4, dropped: 0 });
        await eventuallyCounts(deadLetters, 10);
        seen.length = 0;
        expect(await deadLetters.drain(see, 1_000)).toEqual({ replayed: 0, kept: 10, dropped: 0 });
        expect(new Set(seen).size).toBe(10);
      }));

    test('a letter that was kept many times is still there', () =>
      withDead([aMessage()], async ({ deadLetters }) => {
        // more often than RabbitMQ 4 would deliver by default (20)
        for (let round = 0; round < 25; round += 1) {
          await eventuallyCounts(deadLetters, 1);
          expect(await deadLetters.drain(async () => 'keep', 10)).toMatchObject({ kept: 1 });
        }
        await eventuallyCounts(deadLetters, 1);
      }));

    test('a decision that fails keeps what was not decided', () =>
      withDead(someMessages(5), async ({ deadLetters }) => {
        let asked = 0;
        const fail = async (): Promise<'drop'> => {
          asked += 1;
          if (asked === 3) throw new Error('cannot decide');
          return 'drop';
        };
        await expect(deadLetters.drain(fail, 10)).rejects.toThrow('cannot decide');
        await eventuallyCounts(deadLetters, 3);
      }));
  });
}

/** What was kept may be a moment on its way back. */
const eventuallyCounts = (deadLetters: { count(): Promise<number> }, expected: number): Promise<void> =>
  eventually(`${expected} dead letters are counted`, async () => (await deadLetters.count()) === expected);
