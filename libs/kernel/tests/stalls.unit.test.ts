import { describe, expect, test } from '@jest/globals';
import { sleep, Stalls, timedSteadily } from '../src/index.js';

/** Blocks as a paused machine does: nothing of this process runs. */
const standStill = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('Stalls', () => {
  test('tell how long this process stood still, and in which span', async () => {
    const stalls = Stalls.watch();
    const begun = performance.now();
    await sleep(30);
    const before = performance.now();
    standStill(200);
    const after = performance.now();
    await sleep(30);
    stalls.stop();
    expect(stalls.between(begun, performance.now())).toBeGreaterThan(150);
    expect(stalls.between(before, after)).toBeGreaterThan(150);
    expect(stalls.between(before, before + 50)).toBeLessThanOrEqual(50);
    // Later than the machine itself may have paused meanwhile.
    expect(stalls.between(after + 100_000, after + 101_000)).toBe(0);
  });

  test('one that has only just ended counts too', () => {
    const stalls = Stalls.watch();
    const begun = performance.now();
    standStill(200);
    expect(stalls.between(begun, performance.now())).toBeGreaterThan(150);
    stalls.stop();
  });
});

describe('timedSteadily', () => {
  test('does not count standing still', async () => {
    const { answer, ms } = await timedSteadily(async () => {
      await sleep(1);
      standStill(1_000);
      await sleep(1);
      return 42;
    });
    expect(answer).toBe(42);
    expect(ms).toBeLessThan(900);
  });

  test('counts waiting', async () => {
    let waitedMs = 0;
    // The machine may in truth stand still during one of them.
    for (let tries = 0; tries < 20 && waitedMs < 90; tries += 1) waitedMs = (await timedSteadily(() => sleep(100))).ms;
    expect(waitedMs).toBeGreaterThanOrEqual(90);
  });

  test('passes a failure on', async () => {
    await expect(timedSteadily(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});
