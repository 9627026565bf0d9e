import { describe, expect, test } from '@jest/globals';
import { silentLogger, sleep, stopwatch } from '@ferry/kernel';
import { Loop, type LoopOptions } from '@ferry/wiring';

const NEVER_MS = 60_000;
const options: LoopOptions = { name: 'test', intervalMs: NEVER_MS, logger: silentLogger };

/** A loop whose rounds the test can see. */
function aLoop(round: (n: number) => Promise<boolean>, given: Partial<LoopOptions> = {}) {
  const rounds: number[] = [];
  const elapsedMs = stopwatch();
  const loop = new Loop(
    async () => {
      rounds.push(elapsedMs());
      return { more: await round(rounds.length) };
    },
    { ...options, ...given },
  );
  return { loop, rounds };
}

describe('Loop', () => {
  test('goes on at once while there is more, then pauses', async () => {
    const { loop, rounds } = aLoop(async (n) => n < 4);
    await sleep(50);
    expect(rounds).toHaveLength(4);
    await loop.stop();
  });

  test('a poke ends the pause', async () => {
    const { loop, rounds } = aLoop(async () => false);
    await sleep(10);
    loop.poke();
    await sleep(10);
    expect(rounds).toHaveLength(2);
    await loop.stop();
  });

  test('a poke while a round runs brings another round', async () => {
    const { loop, rounds } = aLoop(async (n) => {
      if (n === 1) await sleep(20);
      return false;
    });
    await sleep(5);
    loop.poke();
    await sleep(40);
    expect(rounds).toHaveLength(2);
    await loop.stop();
  });

  test('however often it is poked, rounds keep their distance', async () => {
    const { loop, rounds } = aLoop(async () => false, { spacingMs: 50 });
    for (let i = 0; i < 20; i += 1) {
      loop.poke();
      await sleep(5);
    }
    await loop.stop();
    expect(rounds.length).toBeGreaterThanOrEqual(2);
    rounds.slice(1).forEach((at, i) => expect(at - (rounds[i] as number)).toBeGreaterThanOrEqual(45));
  });

  test('what failed is given time to mend, also when it is poked', async () => {
    const { loop, rounds } = aLoop(() => Promise.reject(new Error('no')));
    for (let i = 0; i < 8; i += 1) {
      loop.poke();
      await sleep(5);
    }
    expect(rounds.length).toBeLessThanOrEqual(2);
    await loop.stop();
  });
});
