import { describe, expect, jest, test } from '@jest/globals';
import { sleep, timedSteadily } from '@ferry/kernel';
import type { RateLimit } from '@ferry/tenancy';
import { CountedRateLimits, inProcessCounter, insuredCounter, type Counter } from '../src/index.js';

const limit = (max: number, windowMs = 60_000, name = 'shop:tenant'): RateLimit => ({
  name,
  policy: 'tenant',
  max,
  windowMs,
});

const counted = (counter: Counter) => {
  const asked = jest.fn(counter);
  return { asked, rates: new CountedRateLimits(asked) };
};

/** How many of so many takes at once are allowed. */
const allowedOf = async (rates: CountedRateLimits, one: RateLimit, takes: number): Promise<number> => {
  const standings = await Promise.all(Array.from({ length: takes }, () => rates.take(one)));
  return standings.filter(({ allowed }) => allowed).length;
};

describe('a limit', () => {
  test.each([1, 7, 100, 250])('of %i lets exactly so many through, at once and one by one', async (max) => {
    expect(await allowedOf(new CountedRateLimits(inProcessCounter()), limit(max), max * 3)).toBe(max);
    const rates = new CountedRateLimits(inProcessCounter());
    let allowed = 0;
    for (let i = 0; i < max + 5; i += 1) if ((await rates.take(limit(max))).allowed) allowed += 1;
    expect(allowed).toBe(max);
  });

  test('tells what is left, and counts down', async () => {
    const rates = new CountedRateLimits(inProcessCounter());
    const left: number[] = [];
    for (let i = 0; i < 4; i += 1) left.push((await rates.take(limit(3))).remaining);
    expect(left).toEqual([2, 1, 0, 0]);
    const { resetsInMs, allowed } = await rates.take(limit(3));
    expect(allowed).toBe(false);
    expect(resetsInMs).toBeGreaterThan(50_000);
    expect(resetsInMs).toBeLessThanOrEqual(60_000);
  });

  test('is not exceeded by processes that share a counter', async () => {
    const shared = inProcessCounter();
    const processes = [1, 2, 3].map(() => new CountedRateLimits(shared));
    const allowed = await Promise.all(processes.map((rates) => allowedOf(rates, limit(300), 300)));
    expect(allowed.reduce((a, b) => a + b)).toBe(300);
  });

  test('costs a question for a hundredth of it, and none when it is used up', async () => {
    const { asked, rates } = counted(inProcessCounter());
    for (let i = 0; i < 1_000; i += 1) await rates.take(limit(1_000));
    expect(asked.mock.calls.length).toBeLessThanOrEqual(100);
    const before = asked.mock.calls.length;
    expect(await allowedOf(rates, limit(1_000), 20_000)).toBe(0);
    expect(asked.mock.calls.length).toBe(before);
  });

  test('begins again when its window has ended, and when it was changed', async () => {
    const rates = new CountedRateLimits(inProcessCounter());
    expect(await allowedOf(rates, limit(2, 1_000), 5)).toBe(2);
    await sleep(1_100);
    expect(await allowedOf(rates, limit(2, 1_000), 5)).toBe(2);
    expect(await allowedOf(rates, limit(50, 1_000), 1)).toBe(1);
  });

  test('of one name does not touch another', async () => {
    const rates = new CountedRateLimits(inProcessCounter());
    expect(await allowedOf(rates, limit(2, 60_000, 'a'), 10)).toBe(2);
    expect(await allowedOf(rates, limit(2, 60_000, 'b'), 10)).toBe(2);
  });
});

describe('an insured counter', () => {
  const failing: Counter = () => Promise.reject(new Error('away'));
  const frozen: Counter = () => new Promise(() => {});

  test.each([
    ['fails', failing],
    ['is frozen', frozen],
  ])('counts by itself while the shared one %s, asking it only now and then', async (_what, broken) => {
    const shared = jest.fn(broken);
    const told = jest.fn();
    const rates = new CountedRateLimits(insuredCounter(shared, inProcessCounter(), told));
    const { ms } = await timedSteadily(async () => {
      for (let i = 0; i < 20; i += 1) expect((await rates.take(limit(10))).allowed).toBe(i < 10);
    });
    expect(ms).toBeLessThan(500);
    expect(shared).toHaveBeenCalledTimes(1);
    expect(told).toHaveBeenCalledTimes(1);
  });
});
