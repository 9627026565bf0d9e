import { describe, expect, test } from '@jest/globals';
import { newId, silentLogger } from '@ferry/kernel';
import { pass, settled, useFakeTime } from '../../../../tests/harness/fake-time.js';
import { HandleMessages, type InHand, type PaymentMessage } from '../src/index.js';

const over = new AbortController().signal;
const message = (): PaymentMessage => ({ tenantId: 't', paymentId: newId(), attempt: 0 });

/** A queue in an array, and the sizes of the batches that were handled. */
function aConsumer(prefetch: number) {
  const waiting: PaymentMessage[] = [];
  const batches: number[] = [];
  const hands = {
    waiting: () => waiting.length,
    take: (max: number): InHand[] => waiting.splice(0, max).map((one) => ({ message: one, over })),
    settle: () => {},
    giveBack: () => {},
  };
  const stopping = new AbortController();
  const handler = async (messages: readonly PaymentMessage[]) => {
    batches.push(messages.length);
    return messages.map(() => ({ outcome: 'done' }) as const);
  };
  const handling = new HandleMessages(hands, {
    handler,
    prefetch,
    stopping: stopping.signal,
    random: () => 0.5,
    logger: silentLogger,
  });
  const arrive = (count: number): void => {
    for (let i = 0; i < count; i += 1) waiting.push(message());
    handling.wake();
  };
  return { arrive, batches, handling, stopping };
}

const SPACING_MS = 25;

describe('batches of messages', () => {
  useFakeTime();

  test('the first after a quiet moment does not wait', async () => {
    const { arrive, batches } = aConsumer(100);
    arrive(1);
    await settled();
    expect(batches).toEqual([1]);
    await pass(SPACING_MS);
    arrive(1);
    await settled();
    expect(batches).toEqual([1, 1]);
  });

  test('what comes soon after the last batch gathers', async () => {
    const { arrive, batches } = aConsumer(100);
    arrive(1);
    await settled();
    for (let i = 0; i < 3; i += 1) {
      arrive(2);
      await pass(5);
    }
    await pass(SPACING_MS - 16);
    expect(batches).toEqual([1]);
    await pass(1);
    expect(batches).toEqual([1, 6]);
  });

  test('a full batch waits for nothing, be it full at once or while it gathers', async () => {
    const { arrive, batches } = aConsumer(10);
    arrive(1_000);
    for (let i = 0; i < 100 && batches.length < 100; i += 1) await settled();
    expect(batches).toEqual(Array.from({ length: 100 }, () => 10));
    arrive(9);
    await settled();
    expect(batches).toHaveLength(100);
    arrive(1);
    await settled();
    expect(batches.slice(100)).toEqual([10]);
  });

  test('once it stops, what gathers and what still comes is not taken', async () => {
    const { arrive, batches, handling, stopping } = aConsumer(100);
    arrive(1);
    await settled();
    arrive(1);
    stopping.abort();
    arrive(1);
    await handling.finished();
    arrive(1);
    await pass(2 * SPACING_MS);
    expect(batches).toEqual([1]);
  });
});
