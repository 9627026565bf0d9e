import { describe, expect, test } from '@jest/globals';
import {
  aMessage,
  deadLettersContract,
  eventually,
  paymentQueueContract,
  pause,
  someMessages,
} from '@ferry/payments/testing';
import { InProcessPaymentQueue } from '@ferry/in-process';

const make = async (options?: { readonly capacity?: number }) => {
  const queue = new InProcessPaymentQueue(options);
  return { queue, deadLetters: queue, close: async () => queue.close() };
};

paymentQueueContract('InProcessPaymentQueue', make);
deadLettersContract('InProcessPaymentQueue', make);

describe('the bounds of the in-process queue', () => {
  test('a full queue answers false for exactly the rest', async () => {
    const queue = new InProcessPaymentQueue({ capacity: 3 });
    expect(await queue.publish(someMessages(5))).toEqual([true, true, true, false, false]);
  });

  test('messages that wait for their retry count', async () => {
    const queue = new InProcessPaymentQueue({ capacity: 1 });
    let handled = 0;
    await queue.consume(
      async (messages) => {
        handled += messages.length;
        return messages.map(() => ({ outcome: 'retry', delayMs: 60_000 }));
      },
      { prefetch: 1 },
    );
    await queue.publish([aMessage()]);
    await eventually('it is handled', () => handled === 1);
    expect(await queue.publish([aMessage()])).toEqual([false]);
    queue.close();
  });

  test('what was handed back is settled by who has it now, and only once', async () => {
    const queue = new InProcessPaymentQueue({ capacity: 1 });
    const { promise: stuck, resolve: finish } = Promise.withResolvers<void>();
    const handled = { slow: 0, other: 0 };
    const slow = await queue.consume(
      async (messages) => {
        handled.slow += messages.length;
        await stuck;
        return messages.map(() => ({ outcome: 'done' }));
      },
      { prefetch: 1 },
    );
    await queue.publish([aMessage()]);
    await eventually('it is in hand', () => handled.slow === 1);
    await slow.stop(10);
    const other = await queue.consume(
      async (messages) => {
        handled.other += messages.length;
        return messages.map(() => ({ outcome: 'done' }));
      },
      { prefetch: 1 },
    );
    await eventually('another has it', () => handled.other === 1);
    finish();
    await pause(10);
    await other.stop(60_000);
    expect(await queue.publish(someMessages(2))).toEqual([true, false]);
  });

  test('a delay that no timer can hold does not fire at once', async () => {
    const queue = new InProcessPaymentQueue();
    let handled = 0;
    await queue.consume(
      async (messages) => {
        handled += messages.length;
        return messages.map(() => ({ outcome: 'retry', delayMs: 2 ** 31 }));
      },
      { prefetch: 1 },
    );
    await queue.publish([aMessage()]);
    await eventually('it is handled', () => handled > 0);
    await pause(100);
    expect(handled).toBe(1);
    queue.close();
  });

  test('the oldest dead letters make room', async () => {
    const queue = new InProcessPaymentQueue({ deadLettersMax: 2 });
    let handled = 0;
    await queue.consume(
      async (messages) => {
        handled += messages.length;
        return messages.map(() => ({ outcome: 'give-up', reason: 'no' }));
      },
      { prefetch: 1 },
    );
    const messages = someMessages(3);
    await queue.publish(messages);
    await eventually('all are handled', () => handled === messages.length);
    const letters: unknown[] = [];
    await queue.drain(async ({ message }) => (letters.push(message), 'keep'), 10);
    expect(letters).toEqual(messages.slice(1));
  });

  test('a closed queue takes nothing and brings nothing back', async () => {
    const queue = new InProcessPaymentQueue();
    await queue.publish([aMessage()]);
    queue.close();
    expect(await queue.depth()).toBe(0);
    expect(await queue.publish([aMessage()])).toEqual([false]);
  });
});
