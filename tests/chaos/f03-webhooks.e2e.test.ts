import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { startPostgres, type UrlService } from '../../scripts/services/services.mjs';
import { say, sized, startCluster, type Cluster } from '../harness/cluster.js';
import { isSuccess, type Attempt } from '../harness/load.js';
import { Rows } from '../harness/rows.js';
import { describeWithOwn } from '../harness/services.js';
import { Bank, newEncryptionKeys, WebhookLoad } from '../harness/webhook-load.js';

/** RELIABILITY.md F3 for webhooks: PostgreSQL restarted in order and killed, again and again, while webhooks come. */
const PER_SECOND = 150;
const ROUNDS = sized(3, 12);
const UP_MS = sized(2_000, 5_000);
const UNLIMITED = 1_000_000;

describeWithOwn(['postgres'], 'F3: PostgreSQL, and webhooks', () => {
  let postgres: UrlService;
  let cluster: Cluster;
  let rows: Rows;
  const bank = new Bank('bank');

  beforeAll(async () => {
    postgres = await startPostgres();
    rows = new Rows(postgres.url);
    cluster = await startCluster(postgres.url, { FERRY_ENCRYPTION_KEYS: newEncryptionKeys() });
    await bank.declare(cluster.api.url, UNLIMITED);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rows?.close();
    await postgres?.stop();
  });

  test(
    'what was answered is there, and what was not is recorded once when it is sent again',
    async () => {
      const load = new WebhookLoad(cluster.api.url, 'f3', bank);
      load.start(PER_SECOND);
      for (let round = 0; round < ROUNDS; round += 1) {
        await sleep(UP_MS);
        await postgres.restart();
        await sleep(UP_MS);
        await postgres.kill();
        await postgres.restart();
      }
      await sleep(UP_MS);
      await load.stop();
      const refused = load.attempts.filter((attempt) => !isSuccess(attempt));
      await load.retryUnacknowledged();
      load.close();
      const recorded = await rows.recorded();
      say(
        'F3 PostgreSQL, webhooks',
        `${load.attempts.length} webhooks through ${2 * ROUNDS} restarts, ${refused.length} answered 503; ${recorded.size} recorded`,
      );
      expect(refused.filter((attempt) => !isUnavailable(attempt))).toEqual([]);
      expect(load.contradictions).toEqual([]);
      expect(load.acknowledged.size).toBe(new Set(load.attempts.map(({ reference }) => reference)).size);
      expect(recorded).toEqual(load.acknowledged);
      expect((await cluster.verify()).output).toContain('all invariants hold');
    },
    ROUNDS * 2 * (UP_MS + 10_000) + 120_000,
  );
});

const isUnavailable = ({ reply }: Attempt): boolean =>
  reply?.status === 503 && reply.body.code === 'unavailable' && reply.headers['retry-after'] !== undefined;
