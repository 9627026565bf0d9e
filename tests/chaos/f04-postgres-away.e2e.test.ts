import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import pg from 'pg';
import { startPostgres, type UrlService } from '../../scripts/services/services.mjs';
import { say, sized, startCluster, type Cluster } from '../harness/cluster.js';
import { isSuccess, Load, quantile, took, type Attempt } from '../harness/load.js';
import { NotServed } from '../harness/not-served.js';
import { freeze, residentMb, thaw } from '../harness/proc.js';
import { Proxy } from '../harness/proxy.js';
import { describeWithOwn } from '../harness/services.js';

/** RELIABILITY.md F4: PostgreSQL away under 200 requests/s, in the three ways in which it can be away. */
const PER_SECOND = 200;
const CALM_MS = 3_000;
const AWAY_MS = sized(8_000, 60_000);
const ANSWER_MS_MAX = 2_000;
const RETURN_MS_MAX = 2_000;
const GROWTH_MB_MAX = 100;
/** What is sent as the server returns may still be refused; counted as of the outage. */
const TURN_MS = 100;

interface Outage {
  begin(postgres: UrlService, proxy: Proxy): Promise<void> | void;
  end(postgres: UrlService, proxy: Proxy): Promise<void> | void;
}

const outages: Readonly<Record<string, Outage>> = {
  'dead: killed, connections are refused': {
    begin: (postgres) => postgres.kill(),
    end: (postgres) => postgres.restart(),
  },
  'frozen: postmaster and backends stopped': {
    begin: (postgres) => freeze(postgres.pid),
    end: (postgres) => thaw(postgres.pid),
  },
  'behind a network that swallows everything': {
    begin: (_, proxy) => proxy.swallow(),
    end: (_, proxy) => proxy.mend(),
  },
};

describeWithOwn(['postgres'], 'F4: PostgreSQL', () => {
  describe.each(Object.entries(outages))('%s', (name, outage) => {
    let postgres: UrlService;
    let proxy: Proxy;
    let cluster: Cluster;

    beforeEach(async () => {
      postgres = await startPostgres();
      proxy = await Proxy.to(postgres.url);
      cluster = await startCluster(postgres.url, {}, (url) => proxy.through(url));
    });
    afterEach(async () => {
      thaw(postgres.pid);
      await cluster?.stop();
      await proxy?.close();
      await postgres?.stop();
    });

    test(
      'every request is answered 503 in time, and soon after its return all is well',
      async () => {
        const notServed = NotServed.watch(cluster.api.url);
        const load = new Load(cluster.api.url, 'f4');
        load.start(PER_SECOND);
        await sleep(CALM_MS);
        const before = residentMb(cluster.api.pid);
        const begun = performance.now();
        await outage.begin(postgres, proxy);
        let most = before;
        while (performance.now() < begun + AWAY_MS) {
          await sleep(200);
          most = Math.max(most, residentMb(cluster.api.pid));
        }
        const ending = performance.now();
        await outage.end(postgres, proxy);
        const back = performance.now();
        const isBack = (one: Attempt): boolean =>
          isSuccess(one) && one.sentAt >= begun + TURN_MS && one.endedAt > ending;
        await eventually('payments are stored again', () => load.attempts.some(isBack));
        await sleep(CALM_MS);
        await load.stop();
        await notServed.stop();
        await load.retryUnacknowledged();
        load.close();

        const away = load.between(begun, ending).filter((attempt) => attempt.endedAt < ending || !isSuccess(attempt));
        const refused = away.filter(({ reply }) => reply?.status === 503);
        const first = Math.min(...load.attempts.filter(isBack).map((one) => one.endedAt));
        const returnMs = first - back - notServed.between(back, first);
        const times = load.between(begun, back).map((one) => took(one) - notServed.between(one.sentAt, one.endedAt));
        say(
          `F4 ${name}`,
          `${refused.length} of ${away.length} answers 503 in ${AWAY_MS / 1_000} s, p50 ${Math.round(quantile(times, 0.5))} ms, ` +
            `slowest ${Math.round(Math.max(...times))} ms; first success ${Math.round(returnMs)} ms after its return; ` +
            `memory ${Math.round(before)} MB, at most ${Math.round(most)} MB; ${load.acknowledged.size} payments acknowledged`,
        );
        expect(refused.length).toBeGreaterThan(away.length * 0.8);
        expect(away.filter((attempt) => !isSuccess(attempt) && !isProblem(attempt))).toEqual([]);
        expect(Math.max(...times)).toBeLessThan(ANSWER_MS_MAX);
        expect(returnMs).toBeLessThan(RETURN_MS_MAX);
        expect(most - before).toBeLessThan(GROWTH_MB_MAX);
        await checkAcknowledged(load);
      },
      AWAY_MS + 180_000,
    );

    /** What was answered 503 may have been stored or not; asked again with its key, it is stored once. */
    async function checkAcknowledged(load: Load): Promise<void> {
      expect(load.contradictions).toEqual([]);
      expect(load.acknowledged.size).toBe(new Set(load.attempts.map(({ reference }) => reference)).size);
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      const { rows } = await client.query<{ id: string; reference: string }>(
        'select id, reference from payments.payments',
      );
      await client.end();
      expect(new Map(rows.map(({ id, reference }) => [reference, id]))).toEqual(load.acknowledged);
      expect(rows).toHaveLength(load.acknowledged.size);
      const verified = await cluster.verify();
      expect(verified.output).toContain('all invariants hold');
    }
  });
});

const isProblem = ({ reply }: Attempt): boolean =>
  reply?.status === 503 &&
  String(reply.headers['content-type']).startsWith('application/problem+json') &&
  reply.body.code === 'unavailable' &&
  reply.headers['retry-after'] !== undefined;
