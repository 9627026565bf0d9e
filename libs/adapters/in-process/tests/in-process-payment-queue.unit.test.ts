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

describe('several tenants in the in-process queue', () => {
  const of = (tenantId: string, count: number) => someMessages(count).map((message) => ({ ...message, tenantId }));

  test('the one message of a tenant does not wait for the backlog of another', async () => {
    const queue = new InProcessPaymentQueue();
    await queue.publish(of('busy', 40_000));
    expect([queue.ahead('busy'), queue.ahead('quiet')]).toEqual([40_000, 0]);
    const handled: string[] = [];
    await queue.consume(
      async (messages) => {
        if (handled.length === 0) await queue.publish(of('quiet', 1));
        handled.push(...messages.map(({ tenantId }) => tenantId));
        return messages.map(() => ({ outcome: 'done' }));
      },
      { prefetch: 100 },
    );
    await eventually('it is handled', () => handled.includes('quiet'));
    queue.close();
    expect(handled.indexOf('quiet')).toBeLessThan(200); // in the batch after the one that was in hand
  });

  test('one that has as many waiting as there is free room gets no more, and the others still find some', async () => {
    const queue = new InProcessPaymentQueue({ capacity: 100 });
    await queue.publish(of('busy', 49));
    expect(queue.ahead('busy')).toBe(49);
    await queue.publish(of('busy', 1));
    expect([queue.ahead('busy'), queue.ahead('quiet')]).toEqual([undefined, 0]);
  });
});

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
