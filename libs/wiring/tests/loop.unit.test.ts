import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '@ferry/kernel';
import { Loop, type LoopOptions } from '@ferry/wiring';
import { pass, settled, useFakeTime } from '../../../tests/harness/fake-time.js';

const INTERVAL_MS = 60_000;
const options: LoopOptions = { name: 'test', intervalMs: INTERVAL_MS, logger: silentLogger };

/** A loop, and how many rounds it has begun. */
function aLoop(round: (n: number) => Promise<boolean>, given: Partial<LoopOptions> = {}) {
  const seen = { rounds: 0 };
  const loop = new Loop(async () => ({ more: await round((seen.rounds += 1)) }), { ...options, ...given });
  return { loop, seen };
}

describe('Loop', () => {
  useFakeTime();

  test('goes on at once while there is more, then pauses', async () => {
    const { loop, seen } = aLoop(async (n) => n < 4);
    await pass(INTERVAL_MS - 1);
    expect(seen.rounds).toBe(4);
    await pass(10);
    expect(seen.rounds).toBe(5);
    await loop.stop();
  });

  test('a poke ends the pause', async () => {
    const { loop, seen } = aLoop(async () => false);
    await pass(10);
    expect(seen.rounds).toBe(1);
    loop.poke();
    await pass(0);
    expect(seen.rounds).toBe(2);
    await loop.stop();
  });

  test('a poke while a round runs brings another round', async () => {
    const first = Promise.withResolvers<boolean>();
    const { loop, seen } = aLoop((n) => (n === 1 ? first.promise : Promise.resolve(false)));
    await settled();
    loop.poke();
    first.resolve(false);
    await pass(0);
    expect(seen.rounds).toBe(2);
    await loop.stop();
  });

  test('however often it is poked, rounds keep their distance', async () => {
    const { loop, seen } = aLoop(async () => false, { spacingMs: 50 });
    const begun: number[] = [];
    for (let ms = 0; ms < 200; ms += 5) {
      loop.poke();
      await pass(5);
      begun.push(seen.rounds);
    }
    await loop.stop();
    // One in each 50 ms, which are ten pokes.
    expect([9, 19, 29, 39].map((poke) => begun[poke])).toEqual([2, 3, 4, 5]);
    expect([8, 18, 28, 38].map((poke) => begun[poke])).toEqual([1, 2, 3, 4]);
  });

  test('what failed is given time to mend, also when it is poked', async () => {
    const { loop, seen } = aLoop(() => Promise.reject(new Error('no')));
    // Back-off is at least half of 200 ms, and 200 ms at most.
    for (let ms = 0; ms < 95; ms += 5) {
      loop.poke();
      await pass(5);
    }
    expect(seen.rounds).toBe(1);
    await pass(105);
    expect(seen.rounds).toBe(2);
    await loop.stop();
  });
});
