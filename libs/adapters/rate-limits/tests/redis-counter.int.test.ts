import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger, sleep, timedSteadily } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { RedisConnection } from '@ferry/redis';
import type { RateLimit } from '@ferry/tenancy';
import { startRedis, type UrlService } from '../../../../scripts/services/services.mjs';
import { freeze, thaw } from '../../../../tests/harness/proc.js';
import { describeWithOwn } from '../../../../tests/harness/services.js';
import { CountedRateLimits, inProcessCounter, insuredCounter, redisCounter } from '../src/index.js';

describeWithOwn(['redis'], 'limits counted in Redis', () => {
  let service: UrlService;
  const connections: RedisConnection[] = [];
  const failures: unknown[] = [];
  beforeAll(async () => {
    service = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await service?.stop();
  });

  /** As one api has it. */
  async function aProcess(): Promise<CountedRateLimits> {
    const connection = new RedisConnection({ url: service.url, purpose: 'test', logger: silentLogger });
    connections.push(connection);
    while (!connection.state.connected) await sleep(10);
    const own = inProcessCounter();
    return new CountedRateLimits(insuredCounter(redisCounter(connection.redis), own, (error) => failures.push(error)));
  }

  const limit = (name: string, max: number): RateLimit => ({ name, policy: 'tenant', max, windowMs: 60_000 });
  const allowedOf = async (rates: CountedRateLimits, one: RateLimit, takes: number): Promise<number> =>
    (await Promise.all(Array.from({ length: takes }, () => rates.take(one)))).filter(({ allowed }) => allowed).length;

  test('hold over all processes', async () => {
    let round = 0;
    // Whoever waited in vain, because the machine had paused Redis, counts by itself, and rightly: that round says nothing.
    await eventually('all counted in Redis', async () => {
      failures.splice(0);
      const processes = await Promise.all([aProcess(), aProcess(), aProcess()]);
      const one = limit(`a${(round += 1)}`, 500);
      const allowed = await Promise.all(processes.map((rates) => allowedOf(rates, one, 500)));
      if (failures.length > 0) return false;
      expect(allowed.reduce((a, b) => a + b)).toBe(500);
      return true;
    });
  });

  test('fall back to each process alone when Redis is frozen, at once, and come back', async () => {
    const rates = await aProcess();
    expect((await rates.take(limit('b', 10))).allowed).toBe(true);
    freeze(service.pid);
    const { ms } = await timedSteadily(async () => {
      expect(await allowedOf(rates, limit('c', 10), 30)).toBe(10);
      expect(await allowedOf(rates, limit('d', 10), 30)).toBe(10);
    });
    expect(ms).toBeLessThan(500);
    expect(failures).toHaveLength(1);
    thaw(service.pid);
    const other = await aProcess();
    let name = 0;
    // Redis is left alone for a while after each failure; then both count together again.
    await eventually('they count together', async () => {
      const one = limit(`e${(name += 1)}`, 10);
      const allowed = [await allowedOf(rates, one, 10), await allowedOf(other, one, 10)];
      return allowed[0] === 10 && allowed[1] === 0;
    });
  });
});
