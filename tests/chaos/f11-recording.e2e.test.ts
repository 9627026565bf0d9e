import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import pg from 'pg';
import { readTopic } from '../../apps/cli/src/torture/kafka-events.js';
import { startKafka, startPostgres, type KafkaService, type UrlService } from '../../scripts/services/services.mjs';
import { say, sized, startCluster, type Cluster } from '../harness/cluster.js';
import { isSuccess } from '../harness/load.js';
import { Rows } from '../harness/rows.js';
import { describeWithOwn } from '../harness/services.js';
import { Bank, newEncryptionKeys, WebhookLoad } from '../harness/webhook-load.js';

/** RELIABILITY.md F11 for recorded payments: Kafka is killed while webhooks and staging bring them. */
const PER_SECOND = 100;
const DOWN_MS = sized(8_000, 600_000);
const LOAD_MS = sized(6_000, 250_000);
const STAGED = sized(5_000, 100_000);
const CALM_MS = 2_000;
const DRAIN_MS_MAX = 120_000;
const UNLIMITED = 1_000_000;

describeWithOwn(['postgres', 'kafka'], 'F11: Kafka, and recorded payments', () => {
  let postgres: UrlService;
  let kafka: KafkaService;
  let cluster: Cluster;
  let rows: Rows;
  const bank = new Bank('bank');

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startPostgres(), startKafka()]);
    rows = new Rows(postgres.url);
    cluster = await startCluster(postgres.url, {
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_PARTITIONS: '3',
      STAGING_INTERVAL_SECONDS: '1',
      FERRY_ENCRYPTION_KEYS: newEncryptionKeys(),
    });
    await bank.declare(cluster.api.url, UNLIMITED);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rows?.close();
    await Promise.allSettled([postgres, kafka].map((service) => service?.stop()));
  });

  test(
    'they are recorded all the same; their events pile up and drain, each once',
    async () => {
      const load = new WebhookLoad(cluster.api.url, 'f11', bank);
      load.start(PER_SECOND);
      await sleep(CALM_MS);
      const begun = performance.now();
      await kafka.kill();
      await stage();
      await sleep(LOAD_MS);
      await load.stop();
      const recordable = load.acknowledged.size + STAGED;
      await eventually('all are recorded', async () => (await rows.recorded()).size === recordable, 60_000);
      await sleep(Math.max(0, begun + DOWN_MS - performance.now()));
      const piledUp = await rows.waitingEvents();

      await kafka.restart();
      const back = performance.now();
      while ((await rows.waitingEvents()) > 0 && performance.now() < back + DRAIN_MS_MAX) await sleep(100);
      const drainMs = performance.now() - back;
      load.close();
      const recorded = await rows.recorded();
      const events = await readTopic(kafka.brokers);
      const byPayment = Map.groupBy(events, ({ paymentId }) => paymentId);
      const duplicates = events.length - new Set(events.map(({ eventId }) => eventId)).size;
      say(
        'F11 Kafka, recorded payments',
        `${load.attempts.length} webhooks and ${STAGED} rows recorded as ${recorded.size} while Kafka was away; ${piledUp} events ` +
          `piled up and drained in ${Math.round(drainMs)} ms, ${duplicates} duplicates of ${events.length}`,
      );
      expect(load.attempts.filter((attempt) => !isSuccess(attempt))).toEqual([]);
      expect(load.contradictions).toEqual([]);
      expect([...load.acknowledged].filter(([reference, id]) => recorded.get(reference) !== id)).toEqual([]);
      expect(piledUp).toBeGreaterThanOrEqual(STAGED);
      const wrong = [...recorded.values()].filter((id) => {
        const told = new Set(byPayment.get(id)?.map(({ eventId, type, version }) => `${eventId} ${type} ${version}`));
        return told.size !== 1 || ![...told][0]?.endsWith(' payment.recorded 1');
      });
      expect(wrong).toEqual([]);
      expect(byPayment.size).toBe(recorded.size);
      expect((await cluster.verify()).output).toContain('all invariants hold');
    },
    DOWN_MS + LOAD_MS + DRAIN_MS_MAX + 120_000,
  );

  /** As the ETL does, in one go. */
  async function stage(): Promise<void> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`insert into recording.staging_sources
      (tenant_id, table_name, business_unit_id, currency, time_zone, enabled, created_at)
      values ('default', 'public.payment_staging', 'default', 'EUR', 'UTC', true, now())`);
    await client.query(
      `insert into public.payment_staging (reference_number, loan_account_number, cif, amount, payment_date)
       select 'staged-' || n, 'LN-' || n % 100, 'CIF-' || n % 50, n, timestamp '2026-11-20' from generate_series(1, $1::int) n`,
      [STAGED],
    );
    await client.end();
  }
});
