import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newId, silentMeter, type Meter } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { aReferenceNumber, aTenant, aToldFact } from '@ferry/recording/testing';
import { T } from '@ferry/wiring';
import { Redis } from 'ioredis';
import { makeEngine, type TestEngine } from '../../../tests/harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../../../tests/harness/postgres.js';
import { Proxy } from '../../../tests/harness/proxy.js';
import { addressOf, describeWith } from '../../../tests/harness/services.js';

const [, startEmbedded] = postgresServers[0] as (typeof postgresServers)[number];
const times = <V>(count: number, make: (i: number) => V): V[] => Array.from({ length: count }, (_, i) => make(i));

describeWith(['redis'], 'recording with caches of references', () => {
  const url = addressOf('redis') as string;
  const redis = new Redis(url, { lazyConnect: true });
  let server: TestServer;
  let database: TestDatabase;
  let proxy: Proxy;
  let engines: TestEngine[];
  let counted: Map<string, number>;
  let tenantId: string;

  beforeAll(async () => {
    await redis.connect();
    server = await startEmbedded();
    database = await makeDatabase(server);
  });
  afterAll(async () => {
    redis.disconnect();
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    proxy = await Proxy.to(url);
    engines = [];
    counted = new Map();
    tenantId = aTenant();
    await database.addTenant(tenantId);
  });
  afterEach(async () => {
    await proxy.close();
    for (const engine of engines) await engine.close();
  });

  const meter: Meter = {
    ...silentMeter,
    count: (name, labels = {}, by = 1) => {
      const series = [name, ...Object.values(labels)].join(' ');
      counted.set(series, (counted.get(series) ?? 0) + by);
    },
  };
  const engine = (environment: Record<string, string>): TestEngine => {
    const made = makeEngine(database, environment, { meter });
    engines.push(made);
    return made;
  };
  const withRedis = { REDIS_URL: '', ENABLE_MEMORY_CACHE: 'false' };
  const record = ({ container }: TestEngine, ...references: string[]) =>
    container.get(T.RecordFacts).record(
      tenantId,
      'webhook',
      references.map((referenceNumber) => aToldFact({ referenceNumber })),
    );
  const keys = (): Promise<string[]> => redis.keys(`ferry:seen:${tenantId}:*`);
  /** Until it is connected, Redis is not asked. */
  const untilAsked = (one: TestEngine): Promise<void> => {
    const misses = (): number => counted.get('reference_cache_total redis miss') ?? 0;
    const before = misses();
    return eventually('redis is asked', async () => {
      await one.container.get(T.SeenReferences).find(tenantId, ['nothing']);
      return misses() > before;
    });
  };
  const payments = async (): Promise<number> => {
    const rows = await database.query(`select 1 from recording.payments where tenant_id = $1`, [tenantId]);
    return rows.length;
  };

  test('what one process recorded, another one sees in Redis, and then in itself', async () => {
    const [one, other] = [engine({ ...withRedis, REDIS_URL: url }), engine({ REDIS_URL: url })];
    await untilAsked(one);
    await untilAsked(other);
    const hits = (layer: string): number => counted.get(`reference_cache_total ${layer} hit`) ?? 0;
    // Nobody waits long for a Redis that the machine has paused: what it was not told, or did not say in time, it is asked anew.
    await eventually('what one recorded is a hit for the other', async () => {
      const reference = aReferenceNumber();
      const [created] = await record(one, reference);
      const before = [hits('memory'), hits('redis')] as const;
      for (let i = 0; i < 2; i += 1)
        expect(await record(other, reference)).toEqual([{ outcome: 'duplicate', paymentId: created?.paymentId }]);
      // The tenant may have been warmed in between; then the first time was a hit in memory too.
      return hits('memory') + hits('redis') - before[0] - before[1] === 2 && hits('memory') > before[0];
    });
  });

  test('neither is used when neither is wanted', async () => {
    const plain = engine({ REDIS_URL: url, ENABLE_REDIS_CACHE: 'false', ENABLE_MEMORY_CACHE: 'false' });
    await record(plain, 'a');
    expect((await record(plain, 'a'))[0]?.outcome).toBe('duplicate');
    expect([...counted.keys()].filter((series) => series.startsWith('reference_cache'))).toEqual([]);
    expect(await keys()).toEqual([]);
  });

  test('a Redis that is emptied, away or silent changes no outcome', async () => {
    const one = engine({ ...withRedis, REDIS_URL: proxy.through(url) });
    await untilAsked(one);
    const [first] = await record(one, 'a');
    const duplicate = { outcome: 'duplicate', paymentId: first?.paymentId };
    const harms: (() => unknown)[] = [
      () => {},
      async () => redis.del(await keys()),
      () => proxy.swallow(),
      () => (proxy.mend(), proxy.refuse()),
    ];
    for (const harm of harms) {
      await harm();
      const fresh = aReferenceNumber();
      const outcomes = await record(one, fresh, 'a', fresh);
      expect(outcomes).toEqual([
        { outcome: 'created', paymentId: expect.any(String) },
        duplicate,
        { outcome: 'duplicate', paymentId: outcomes[0]?.paymentId },
      ]);
    }
    expect(await payments()).toBe(1 + harms.length);
  });

  test('a Redis that lies keeps nothing from being recorded', async () => {
    const one = engine({ ...withRedis, REDIS_URL: url });
    await untilAsked(one);
    const stale = (): number => counted.get('reference_cache_stale_total') ?? 0;
    // A lie that did not get through, because the machine had paused Redis, is told anew.
    await eventually('five lies are heard', async () => {
      const references = times(5, () => aReferenceNumber());
      await one.container.get(T.SeenReferences).remember(
        tenantId,
        references.map((referenceNumber) => ({ referenceNumber, paymentId: newId() })),
      );
      const before = stale();
      expect((await record(one, ...references)).map(({ outcome }) => outcome)).toEqual(times(5, () => 'created'));
      const heard = stale() - before;
      expect((await record(one, ...references)).map(({ outcome }) => outcome)).toEqual(times(5, () => 'duplicate'));
      return heard === 5;
    });
  });

  test('many processes, few places in their caches, a Redis that comes and goes: each reference number once', async () => {
    const small = { REDIS_URL: proxy.through(url), MEMORY_CACHE_MAX_SIZE: '3' };
    const callers = [...times(3, () => engine(small)), engine({ ...small, ENABLE_MEMORY_CACHE: 'false' })];
    const references = times(30, () => aReferenceNumber());
    const holders = new Map<string, string>();
    const harms = [() => proxy.swallow(), () => proxy.mend(), () => proxy.refuse(), () => proxy.mend()];
    for (let round = 0; round < 24; round += 1) {
      harms[round % harms.length]?.();
      if (round % 5 === 0) await redis.del('nothing', ...(await keys()));
      await Promise.all(
        callers.map(async (caller, i) => {
          const asked = times(10, (n) => references[(round + n * (2 * i + 1)) % 30] ?? '');
          const outcomes = await record(caller, ...asked);
          outcomes.forEach(({ paymentId }, n) => {
            const reference = asked[n] ?? '';
            expect(holders.get(reference) ?? paymentId).toBe(paymentId);
            holders.set(reference, paymentId);
          });
        }),
      );
    }
    expect(holders.size).toBe(30);
    expect(await payments()).toBe(30);
  });
});
