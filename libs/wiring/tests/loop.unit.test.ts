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

/** Until there are so many rounds; the test's own time-out ends it otherwise. */
async function until(rounds: readonly unknown[], count: number): Promise<void> {
  while (rounds.length < count) await sleep(2);
}

describe('Loop', () => {
  test('goes on at once while there is more, then pauses', async () => {
    const { loop, rounds } = aLoop(async (n) => n < 4);
    await until(rounds, 4);
    await sleep(20);
    expect(rounds).toHaveLength(4);
    await loop.stop();
  });

  test('a poke ends the pause', async () => {
    const { loop, rounds } = aLoop(async () => false);
    await until(rounds, 1);
    await sleep(10);
    expect(rounds).toHaveLength(1);
    loop.poke();
    await until(rounds, 2);
    await loop.stop();
  });

  test('a poke while a round runs brings another round', async () => {
    const first = Promise.withResolvers<boolean>();
    const { loop, rounds } = aLoop((n) => (n === 1 ? first.promise : Promise.resolve(false)));
    await until(rounds, 1);
    loop.poke();
    first.resolve(false);
    await until(rounds, 2);
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
    await loop.stop();
    // Back-off is at least half of 200 ms: twenty pokes within it bring nothing.
    const early = rounds.filter((at) => at - (rounds[0] as number) < 90);
    expect(early).toHaveLength(1);
  });
});
