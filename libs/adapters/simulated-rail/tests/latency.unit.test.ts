import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chance } from '../src/chance.js';
import { latencyMs, type Latency } from '../src/latency.js';

const draws = Array.from({ length: 10_001 }, (_, i) => i / 10_001);
const median = (latency: Latency): number => latencyMs(latency, 0.5);

describe('latencyMs', () => {
  const bounds = fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000));

  test('stays within its bounds and grows with the draw', () => {
    fc.assert(
      fc.property(bounds, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), ([minMs, a, b], drawn) => {
        const [p50Ms, maxMs] = [minMs + a, minMs + a + b];
        for (const latency of [
          { distribution: 'uniform', minMs, maxMs },
          { distribution: 'exponential', minMs, p50Ms, maxMs },
        ] as const) {
          const drawnMs = latencyMs(latency, drawn);
          expect(drawnMs).toBeGreaterThanOrEqual(minMs);
          expect(drawnMs).toBeLessThanOrEqual(maxMs);
          expect(drawnMs).toBeGreaterThanOrEqual(latencyMs(latency, drawn / 2));
        }
      }),
    );
  });

  test('uniform: half way at the median; exponential: p50Ms at the median, and a tail', () => {
    expect(median({ distribution: 'uniform', minMs: 10, maxMs: 30 })).toBe(20);
    const tailed: Latency = { distribution: 'exponential', minMs: 10, p50Ms: 30, maxMs: 100_000 };
    expect(median(tailed)).toBe(30);
    const mean = draws.reduce((sum, drawn) => sum + latencyMs(tailed, drawn), 0) / draws.length;
    expect(mean).toBeGreaterThan(10 + 20 / Math.LN2 - 0.5);
    expect(mean).toBeLessThan(10 + 20 / Math.LN2 + 0.5);
  });

  test('none is 0', () => {
    expect(latencyMs({ distribution: 'none' }, 0.9)).toBe(0);
  });
});

describe('chance', () => {
  test('is spread evenly over [0, 1) and differs by every argument', () => {
    const drawn = draws.map((_, i) => chance('seed', `payment-${i}`));
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const one of drawn) tenths[Math.floor(one * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(4 * Math.sqrt(900));
    expect(chance(1, 'a')).toBe(chance('1', 'a'));
    expect(new Set([chance(1, 'a'), chance(2, 'a'), chance(1, 'b'), chance(1, 'a', 'b'), chance(1, 'ab')]).size).toBe(
      5,
    );
  });
});
