import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, sleep } from '../src/index.js';

describe('backoffMs', () => {
  const anyBackoff = fc.record({
    baseMs: fc.integer({ min: 1, max: 60_000 }),
    maxMs: fc.integer({ min: 1, max: 86_400_000 }),
  });
  const attempt = fc.integer({ min: 1, max: 1_000_000 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('is never more than maxMs, never less than half of the step, never 0 for want of luck', () => {
    fc.assert(
      fc.property(anyBackoff, attempt, random, (backoff, n, drawn) => {
        const step = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(n - 1, 30));
        const delay = backoffMs(backoff, n, drawn);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeLessThanOrEqual(backoff.maxMs);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(step / 2));
        expect(delay).toBeLessThanOrEqual(step);
        expect(delay).toBeGreaterThan(0);
      }),
    );
  });

  test('never gets shorter with more attempts, at the same luck', () => {
    fc.assert(
      fc.property(anyBackoff, attempt, random, (backoff, n, drawn) => {
        expect(backoffMs(backoff, n + 1, drawn)).toBeGreaterThanOrEqual(backoffMs(backoff, n, drawn));
      }),
    );
  });

  test.each([
    [1, 0, 50],
    [1, 0.5, 75],
    [2, 0, 100],
    [4, 0, 400],
    [5, 0, 500],
    [99, 0.999, 1_000],
  ])('attempt %i at luck %p waits %i ms of base 100, max 1000', (n, drawn, expected) => {
    expect(backoffMs({ baseMs: 100, maxMs: 1_000 }, n, drawn)).toBe(expected);
  });
});

describe('sleep', () => {
  test('waits about so long', async () => {
    const started = performance.now();
    await sleep(30);
    expect(performance.now() - started).toBeGreaterThan(25);
  });

  test('ends at once when its signal aborts, before or meanwhile', async () => {
    const started = performance.now();
    await sleep(60_000, AbortSignal.abort());
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 5);
    await sleep(60_000, abort.signal);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
