import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { startPostgres, startRedis, type UrlService } from '../../scripts/services/services.mjs';
import { Client } from '../harness/client.js';
import { say, sized, startCluster, type Cluster } from '../harness/cluster.js';
import { isSuccess } from '../harness/load.js';
import { NotServed } from '../harness/not-served.js';
import { phasesMs, RedisPhases } from '../harness/redis-phases.js';
import { Rows } from '../harness/rows.js';
import { describeWithOwn } from '../harness/services.js';
import { Bank, newEncryptionKeys, WebhookLoad } from '../harness/webhook-load.js';

/** RELIABILITY.md F10 for webhooks: Redis killed, then frozen. It holds the second cache of reference numbers, and the limits of channels. */
const PER_SECOND = sized(200, 500);
const PHASES = { rounds: sized(1, 3), phaseMs: sized(4_000, 20_000) };
const WARM_UP_MS = 3_000;
/** As for payments: on a busy machine the p99 of the same load differs by so much from one phase to the next. */
const NOISE_MS = 150;
const UNLIMITED = 1_000_000;
/** Of a channel that is asked for more than twice as much in every phase: one is refused even if its minute ends meanwhile. */
const LIMIT = 5;
const ASKED = 2 * LIMIT + 1;

describeWithOwn(['postgres', 'redis'], 'F10: Redis, and webhooks', () => {
  let services: readonly UrlService[] = [];
  let cluster: Cluster;
  let rows: Rows;
  const [bank, limited] = [new Bank('bank'), new Bank('limited')];

  beforeAll(async () => {
    services = await Promise.all([startPostgres(), startRedis()]);
    const [postgres, redis] = services as [UrlService, UrlService];
    rows = new Rows(postgres.url);
    const settings = { REDIS_URL: redis.url, FERRY_ENCRYPTION_KEYS: newEncryptionKeys() };
    cluster = await startCluster(postgres.url, settings);
    await bank.declare(cluster.api.url, UNLIMITED);
    await limited.declare(cluster.api.url, LIMIT);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rows?.close();
    await Promise.allSettled(services.map((service) => service.stop()));
  });

  test(
    'is missed by nobody: no webhook fails, answers come as fast, limits hold',
    async () => {
      const redis = services[1] as UrlService;
      const notServed = NotServed.watch(cluster.api.url);
      const load = new WebhookLoad(cluster.api.url, 'f10', bank);
      const refusals = new Map<string, number>();
      const phases = new RedisPhases(redis, load, notServed, PHASES);
      load.start(PER_SECOND);
      await sleep(WARM_UP_MS);
      await phases.run(async (name) => {
        refusals.set(name, (refusals.get(name) ?? 0) + (await refusedOf(ASKED)));
      });
      await load.stop();
      await notServed.stop();
      load.close();

      const duplicates = load.attempts.filter(({ reply }) => reply?.status === 200).length;
      const told = phases.names.map((name) => `${name}: p99 ${phases.quietest(name).toFixed(1)} ms`);
      say(
        'F10 Redis, webhooks',
        `${load.attempts.length} webhooks at ${PER_SECOND}/s, ${duplicates} duplicates; ${told.join('; ')}; ` +
          `refused of ${ASKED} above the limit: ${[...refusals].map(([name, count]) => `${count} ${name}`).join(', ')}`,
      );
      expect(load.attempts.filter((attempt) => !isSuccess(attempt))).toEqual([]);
      expect(load.contradictions).toEqual([]);
      expect(duplicates).toBeGreaterThan(load.attempts.length / 4);
      const recorded = await rows.recorded();
      expect([...load.acknowledged].filter(([reference, id]) => recorded.get(reference) !== id)).toEqual([]);
      for (const refused of refusals.values()) expect(refused).toBeGreaterThan(0);
      const bound = 2 * phases.quietest('there') + NOISE_MS;
      expect(phases.quietest('killed')).toBeLessThan(bound);
      expect(phases.quietest('frozen')).toBeLessThan(bound);
      expect((await cluster.verify()).output).toContain('all invariants hold');
    },
    phasesMs(PHASES) + 120_000,
  );

  /** How many of so many webhooks a channel refuses for its limit. */
  async function refusedOf(count: number): Promise<number> {
    const client = new Client(cluster.api.url);
    let refused = 0;
    for (let i = 0; i < count; i += 1)
      if ((await limited.tell(client, `f10-limited-${i}`)).status === 429) refused += 1;
    client.close();
    return refused;
  }
});
