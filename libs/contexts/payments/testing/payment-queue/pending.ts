import { expect, test } from '@jest/globals';
import { stopwatch } from '@ferry/kernel';
import type { PaymentId } from '../../src/domain/payment.js';
import type { Outcome, PaymentHandler, PaymentMessage } from '../../src/ports/payment-queue.js';
import { eventually, pause } from '../eventually.js';
import { quickest } from '../quickest.js';
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
} from '../queue-under-test.js';

const GAP_MIN_MS = 400; // between two tries of a message that was refused
const PATIENT_MS = 60_000; // longer than any machine is busy

export function pending(makeQueue: MakeQueue): void {
  test('a pending outcome holds neither its own batch nor the next ones', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const [slow, ...others] = someMessages(40) as [PaymentMessage, ...PaymentMessage[]];
      const handler = new PendingHandler(({ paymentId }) => paymentId === slow.paymentId);
      await consume(handler.handle, 5);
      await queue.publish([slow, ...others]);
      await eventually('the others are handled', () => handler.messages.length === 40);
      handler.answer(slow, { outcome: 'retry', delayMs: 1 });
      await eventually('its own outcome counts', () => handler.messages.length === 41);
      expect(handler.messages.at(-1)).toEqual({ ...slow, attempt: 1 });
    }));

  test('one store part at a time: what arrives meanwhile forms the next batch', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const { promise: stored, resolve: store } = Promise.withResolvers<void>();
      const batches: PaymentMessage[][] = [];
      await consume(async (messages) => {
        batches.push([...messages]);
        await stored;
        return messages.map(() => done);
      });
      await queue.publish([aMessage()]);
      await eventually('the first is in hand', () => batches.length === 1);
      const messages = someMessages(5);
      for (const message of messages) await queue.publish([message]);
      await pause(QUIET_MS);
      expect(batches).toHaveLength(1);
      store();
      await eventually('the others are handled', () => batches.flat().length === 6);
      // A broker that is slow may deliver in parts what was published meanwhile.
      expect(batches[0]).toHaveLength(1);
      expect(batches.length).toBeLessThan(6);
    }));

  test('what was settled beside a pending outcome is not handed back with it', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const [first, slow, last] = someMessages(3) as [PaymentMessage, PaymentMessage, PaymentMessage];
      const handler = new PendingHandler(({ paymentId }) => paymentId === slow.paymentId);
      const consumer = await consume(handler.handle, 3);
      await queue.publish([first, slow, last]);
      await eventually('all are handled', () => handler.messages.length === 3);
      await consumer.stop(100);
      const next = new RecordingHandler();
      await consume(next.handle);
      await eventually('it was handed back', () => next.messages.length > 0);
      await pause(QUIET_MS);
      expect(next.messages).toEqual([slow]);
    }));

  test.each([1, 3])('no more are in hand than a prefetch of %p, pending ones included', (prefetch) =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const handler = new PendingHandler();
      const messages = someMessages(7);
      await consume(handler.handle, prefetch);
      await queue.publish(messages);
      for (let answered = 0; answered < messages.length; answered += 1) {
        const expected = Math.min(messages.length, answered + prefetch);
        await eventually('the next one is in hand', () => handler.messages.length >= expected);
        if (answered < 2) await pause(QUIET_MS);
        expect(handler.messages).toHaveLength(expected);
        handler.answer(handler.messages[answered] as PaymentMessage, done);
      }
      expect(byId(handler.messages)).toEqual(byId(messages));
    }),
  );

  test('a pending outcome that rejects: its message alone is handed in again, later and uncounted', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const [refused, ...others] = someMessages(20) as [PaymentMessage, ...PaymentMessage[]];
      const handler = new PendingHandler(({ paymentId }) => paymentId === refused.paymentId);
      await consume(handler.handle, 5);
      await queue.publish([refused, ...others]);
      const seen = (): PaymentMessage[] => handler.messages.filter(({ paymentId }) => paymentId === refused.paymentId);
      for (let tries = 1; tries <= 2; tries += 1) {
        await eventually('it was handed in', () => seen().length === tries);
        const rejectedAt = Date.now();
        handler.refuse(refused);
        await eventually('it was handed in again', () => seen().length === tries + 1);
        expect(Date.now() - rejectedAt).toBeGreaterThanOrEqual(GAP_MIN_MS);
      }
      handler.answer(refused, done);
      await pause(QUIET_MS);
      expect(seen()).toEqual([refused, refused, refused]);
      expect(handler.messages).toHaveLength(others.length + 3);
      expect(await depthOf(queue)).toBe(0);
    }));

  test('stop waits for pending outcomes, and they count', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const handler = new PendingHandler();
      const consumer = await consume(handler.handle);
      const message = aMessage();
      await queue.publish([message]);
      await eventually('it is pending', () => handler.messages.length === 1);
      let stopped = false;
      const stopping = consumer.stop(PATIENT_MS).then(() => (stopped = true));
      await pause(100);
      expect(stopped).toBe(false);
      handler.answer(message, done);
      await stopping;
      const next = new RecordingHandler();
      await consume(next.handle);
      await pause(QUIET_MS);
      expect(next.messages).toEqual([]);
    }));

  test.each<[string, (handler: PendingHandler, message: PaymentMessage) => void]>([
    ['answered', (handler, message) => handler.answer(message, done)],
    ['refused', (handler, message) => handler.refuse(message)],
  ])('stop waits no longer than it was told; what is %s after that was handed back, once', (_, end) =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const handler = new PendingHandler();
      const consumer = await consume(handler.handle);
      const message = aMessage();
      await queue.publish([message]);
      await eventually('it is pending', () => handler.messages.length === 1);
      await consumer.stop(200); // else for ever: only what follows ends it
      end(handler, message);
      const next = new RecordingHandler();
      await consume(next.handle);
      await eventually('another has it', () => next.messages.length > 0);
      await pause(QUIET_MS);
      expect(next.messages).toEqual([message]);
      expect(handler.messages).toEqual([message]);
    }),
  );

  test('stop does not wait for the next try of what was refused', () =>
    withQueue(makeQueue, async ({ queue, consume }) => {
      const stopping = async (): Promise<number> => {
        const handler = new PendingHandler();
        const consumer = await consume(handler.handle);
        const message = aMessage();
        await queue.publish([message]);
        await eventually('it is pending', () => handler.messages.length === 1);
        handler.refuse(message);
        await pause(10);
        const stoppedMs = stopwatch();
        await consumer.stop(10_000);
        const ms = stoppedMs();
        const next = new RecordingHandler();
        const other = await consume(next.handle);
        await eventually('another has it', () => next.messages.length === 1);
        expect(next.messages).toEqual([message]);
        await other.stop(PATIENT_MS);
        return ms;
      };
      expect(await quickest(GAP_MIN_MS, stopping)).toBeLessThan(GAP_MIN_MS);
    }));
}

/** Leaves outcomes pending until the test answers or refuses; what is not `slow` is done at once. */
class PendingHandler {
  readonly messages: PaymentMessage[] = [];
  private readonly waiting = new Map<PaymentId, PromiseWithResolvers<Outcome>>();

  constructor(private readonly isSlow: (message: PaymentMessage) => boolean = () => true) {}

  readonly handle: PaymentHandler = async (messages) => {
    this.messages.push(...messages);
    return messages.map((message) => (this.isSlow(message) && message.attempt === 0 ? this.wait(message) : done));
  };

  answer({ paymentId }: PaymentMessage, outcome: Outcome): void {
    this.waiting.get(paymentId)?.resolve(outcome);
  }

  refuse({ paymentId }: PaymentMessage): void {
    this.waiting.get(paymentId)?.reject(new Error('the store is away'));
  }

  private wait({ paymentId }: PaymentMessage): Promise<Outcome> {
    const waiting = Promise.withResolvers<Outcome>();
    this.waiting.set(paymentId, waiting);
    return waiting.promise;
  }
}
