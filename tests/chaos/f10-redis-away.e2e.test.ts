import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep, timedSteadily } from '@ferry/kernel';
import { startPostgres, startRabbitMq, startRedis, type UrlService } from '../../scripts/services/services.mjs';
import { Client } from '../harness/client.js';
import { say, sized, startCluster, type Cluster } from '../harness/cluster.js';
import { isSuccess, Load } from '../harness/load.js';
import { NotServed } from '../harness/not-served.js';
import { phasesMs, RedisPhases } from '../harness/redis-phases.js';
import { Rows } from '../harness/rows.js';
import { describeWithOwn } from '../harness/services.js';

/** RELIABILITY.md F10: Redis killed, then frozen, under 500 requests/s. That limits fall back to memory is shown by f10-webhooks. */
const PER_SECOND = sized(300, 500);
const PHASES = { rounds: 3, phaseMs: sized(2_500, 20_000) };
const WARM_UP_MS = 3_000;
/** On a busy machine the p99 of the same load differs by this much from one phase to the next, Redis or not. Waiting for Redis would be 200 ms. */
const NOISE_MS = 150;
const LONG_POLL_EVERY_MS = 100;
/** The fall-back poll is every 500 ms; the rest is for a worker on a busy machine. */
const LONG_POLL_MS_MAX = 10_000;

interface LongPoll {
  readonly phase: string;
  readonly status: string;
  readonly ms: number;
}

describeWithOwn(['postgres', 'rabbitmq', 'redis'], 'F10: Redis', () => {
  let services: readonly UrlService[] = [];
  let cluster: Cluster;
  let rows: Rows;

  beforeAll(async () => {
    services = await Promise.all([startPostgres(), startRabbitMq(), startRedis()]);
    const [postgres, rabbitmq, redis] = services as [UrlService, UrlService, UrlService];
    rows = new Rows(postgres.url);
    cluster = await startCluster(postgres.url, {
      RABBITMQ_URL: rabbitmq.url,
      REDIS_URL: redis.url,
      SIMULATED_LATENCY: 'uniform',
      SIMULATED_LATENCY_MIN_MS: '20',
      SIMULATED_LATENCY_P50_MS: '40',
      SIMULATED_LATENCY_MAX_MS: '60',
    });
  });
  afterAll(async () => {
    await cluster?.stop();
    await rows?.close();
    await Promise.allSettled(services.map((service) => service.stop()));
  });

  test(
    'is missed by nobody: no payment fails, acceptance is as fast, long-polls are answered',
    async () => {
      const [, , redis] = services as [UrlService, UrlService, UrlService];
      const notServed = NotServed.watch(cluster.api.url);
      const load = new Load(cluster.api.url, 'f10');
      const polls: LongPoll[] = [];
      let phase = 'warm-up';
      const polling = new AbortController();
      const watching = longPolls(() => phase, polls, polling.signal);
      load.start(PER_SECOND);
      await sleep(WARM_UP_MS);
      const phases = new RedisPhases(redis, load, notServed, PHASES);
      await phases.run((name) => {
        phase = name;
      });
      await load.stop();
      polling.abort();
      await watching;
      await notServed.stop();
      while ((await rows.open()) > 0) await sleep(100);
      load.close();

      const slowest = (name: string): number =>
        Math.max(...polls.filter((poll) => poll.phase === name).map(({ ms }) => ms));
      const told = phases.names.map(
        (name) =>
          `${name}: p99 ${phases.quietest(name).toFixed(1)} ms, slowest long-poll ${Math.round(slowest(name))} ms`,
      );
      say(
        'F10 Redis',
        `${load.acknowledged.size} payments at ${PER_SECOND}/s, ${polls.length} long-polls; ${told.join('; ')}`,
      );
      expect(load.attempts.filter((attempt) => !isSuccess(attempt))).toEqual([]);
      const payments = await rows.payments();
      const ids = new Map(payments.map(({ id, reference }) => [reference, id]));
      expect([...load.acknowledged].filter(([reference, id]) => ids.get(reference) !== id)).toEqual([]);
      expect(payments.filter(({ status }) => status !== 'SUCCESS' && status !== 'FAILED')).toEqual([]);
      expect(polls.filter(({ status, ms }) => !/SUCCESS|FAILED/.test(status) || ms > LONG_POLL_MS_MAX)).toEqual([]);
      const bound = 2 * phases.quietest('there') + NOISE_MS;
      expect(phases.quietest('killed')).toBeLessThan(bound);
      expect(phases.quietest('frozen')).toBeLessThan(bound);
      expect((await cluster.verify()).output).toContain('all invariants hold');
    },
    phasesMs(PHASES) + 180_000,
  );

  /** Creates a payment now and then and waits for its end, as a client at a till does. */
  async function longPolls(phase: () => string, polls: LongPoll[], signal: AbortSignal): Promise<void> {
    const client = new Client(cluster.api.url);
    const underWay: Promise<void>[] = [];
    for (let i = 0; !signal.aborted; i += 1) {
      underWay.push(longPoll(client, `f10-poll-${i}`, phase(), polls));
      await sleep(LONG_POLL_EVERY_MS, signal);
    }
    await Promise.all(underWay);
    client.close();
  }

  async function longPoll(client: Client, reference: string, phase: string, polls: LongPoll[]): Promise<void> {
    const created = await client.pay(reference);
    const get = () => client.get(`/api/v1/payments/${created.body.id}?wait=20`);
    const { answer, ms } = await timedSteadily(get);
    polls.push({ phase, status: answer.body.status, ms });
  }
});
