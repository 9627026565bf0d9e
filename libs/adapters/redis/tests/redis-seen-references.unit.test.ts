import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { silentLogger, silentMeter } from '@ferry/kernel';
import { RedisSeenReferences, type RedisConnection } from '@ferry/redis';

const PATIENCE_MS = 50;
const PAUSE_MS = 5_000;

/** A Redis that never answers; counts what it is asked. */
function frozen(connected = true) {
  let asked = 0;
  const redis = { mget: () => new Promise(() => (asked += 1)) } as unknown as RedisConnection['redis'];
  const connection = { redis, state: { connected, since: new Date() } };
  return {
    seen: new RedisSeenReferences(connection, { ttlSeconds: 60 }, silentLogger, silentMeter),
    asked: () => asked,
  };
}

describe('a Redis that never answers', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is waited for no longer than it takes to be sure, then left alone for a while, then asked again', async () => {
    const { seen, asked } = frozen();
    const first = seen.find('t', ['a']);
    await jest.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await first).toEqual([undefined]);
    for (let i = 0; i < 100; i += 1) expect(await seen.find('t', ['a', 'b'])).toEqual([undefined, undefined]);
    await seen.remember('t', [{ referenceNumber: 'a', paymentId: 'x' }]);
    await seen.forget('t', ['a']);
    expect(asked()).toBe(1);
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    const second = seen.find('t', ['a']);
    await jest.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await second).toEqual([undefined]);
    expect(asked()).toBe(2);
  });

  test('is not asked at all while it is known to be away', async () => {
    const { seen, asked } = frozen(false);
    expect(await seen.find('t', ['a'])).toEqual([undefined]);
    expect(asked()).toBe(0);
  });
});
