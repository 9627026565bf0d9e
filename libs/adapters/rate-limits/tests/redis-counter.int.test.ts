import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger, sleep } from '@ferry/kernel';
import { RedisConnection } from '@ferry/redis';
import type { RateLimit } from '@ferry/tenancy';
import { startRedis, type UrlService } from '../../../../scripts/services/services.mjs';
import { freeze, thaw } from '../../../../tests/harness/proc.js';
import { describeWithOwn } from '../../../../tests/harness/services.js';
import { CountedRateLimits, inProcessCounter, insuredCounter, redisCounter } from '../src/index.js';

/** The pause after a failure, and something for a slow machine. */
const PAUSED_MS = 5_500;

describeWithOwn(['redis'], 'limits counted in Redis', () => {
  let service: UrlService;
  const connections: RedisConnection[] = [];
  const failures: unknown[] = [];
  beforeAll(async () => {
    service = await startRedis();
  }, 30_000);
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
    const processes = await Promise.all([aProcess(), aProcess(), aProcess()]);
    const allowed = await Promise.all(processes.map((rates) => allowedOf(rates, limit('a', 500), 500)));
    expect(allowed.reduce((a, b) => a + b)).toBe(500);
    expect(failures).toEqual([]);
  });

  test('fall back to each process alone when Redis is frozen, at once, and come back', async () => {
    const rates = await aProcess();
    expect((await rates.take(limit('b', 10))).allowed).toBe(true);
    freeze(service.pid);
    const started = performance.now();
    expect(await allowedOf(rates, limit('c', 10), 30)).toBe(10);
    expect(await allowedOf(rates, limit('d', 10), 30)).toBe(10);
    expect(performance.now() - started).toBeLessThan(500);
    expect(failures).toHaveLength(1);
    thaw(service.pid);
    await sleep(PAUSED_MS);
    const other = await aProcess();
    const allowed = [await allowedOf(rates, limit('e', 10), 10), await allowedOf(other, limit('e', 10), 10)];
    expect(allowed).toEqual([10, 0]);
  }, 30_000);
});
