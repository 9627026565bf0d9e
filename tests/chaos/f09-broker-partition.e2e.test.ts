import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { startPostgres, startRabbitMq, type UrlService } from '../../scripts/services/services.mjs';
import { say, sized, startCluster, type Cluster } from '../harness/cluster.js';
import { isSuccess, Load, quantile, took } from '../harness/load.js';
import { NotServed } from '../harness/not-served.js';
import { Proxy } from '../harness/proxy.js';
import { Rows, type PaymentRow } from '../harness/rows.js';
import { describeWithOwn } from '../harness/services.js';

/** RELIABILITY.md F9: RabbitMQ behind a network that fails again and again, in turn cutting and swallowing what goes through it. */
const PER_SECOND = sized(200, 80);
const PARTITIONS = sized(3, 10);
const PARTITION_MS = sized(3_000, 30_000);
const CALM_MS = sized(4_000, 30_000);
const RECOVERY_MS_MAX = 60_000;
/** p99 from creation to the end is normal again at twice what it was before the first partition, and this for noise. */
const NOISE_MS = 250;
const WINDOW_MS = 1_000;

describeWithOwn(['postgres', 'rabbitmq'], 'F9: a broker partition', () => {
  let postgres: UrlService;
  let rabbitmq: UrlService;
  let proxy: Proxy;
  let cluster: Cluster;
  let rows: Rows;

  beforeAll(async () => {
    [postgres, rabbitmq] = await Promise.all([startPostgres(), startRabbitMq()]);
    proxy = await Proxy.to(rabbitmq.url);
    rows = new Rows(postgres.url);
    cluster = await startCluster(postgres.url, { RABBITMQ_URL: proxy.through(rabbitmq.url) });
  });
  afterAll(async () => {
    await cluster?.stop();
    await proxy?.close();
    await rows?.close();
    await Promise.allSettled([postgres, rabbitmq].map((service) => service?.stop()));
  });

  test(
    'the api is unaffected, payments wait in PostgreSQL and are worked off, and soon all is as fast as before',
    async () => {
      const notServed = NotServed.watch(cluster.api.url);
      const load = new Load(cluster.api.url, 'f9');
      load.start(PER_SECOND);
      await sleep(CALM_MS);
      const first = Date.now();
      const backlogs: number[] = [];
      const accepted: number[] = [];
      for (let i = 0; i < PARTITIONS; i += 1) {
        if (i % 2 === 0) proxy.refuse();
        else proxy.swallow();
        const before = load.acknowledged.size;
        await sleep(PARTITION_MS);
        accepted.push(load.acknowledged.size - before);
        backlogs.push(await rows.open());
        proxy.mend();
        await sleep(CALM_MS);
      }
      const mended = Date.now() - CALM_MS;
      while ((await rows.open()) > PER_SECOND / 10 && Date.now() < mended + RECOVERY_MS_MAX) await sleep(100);
      await sleep(CALM_MS);
      await load.stop();
      await notServed.stop();
      while ((await rows.open()) > 0) await sleep(100);
      load.close();

      const payments = await rows.payments();
      const before = quantile(endMs(payments, 0, first), 0.99);
      const normalAgain = recoveredAt(payments, mended, 2 * before + NOISE_MS);
      const times = load.attempts.map((one) => took(one) - notServed.between(one.sentAt, one.endedAt));
      say(
        'F9',
        `${load.acknowledged.size} payments, ${PARTITIONS} partitions of ${PARTITION_MS / 1_000} s; acceptance p99 ${quantile(times, 0.99).toFixed(1)} ms, ` +
          `slowest ${Math.round(Math.max(...times))} ms; backlogs ${backlogs.join(', ')}; creation to end p99 ${Math.round(before)} ms before, ` +
          `${Math.round(quantile(endMs(payments, first, mended), 0.99))} ms meanwhile, normal ${normalAgain - mended} ms after the last`,
      );
      expect(load.attempts.filter((attempt) => !isSuccess(attempt))).toEqual([]);
      expect(Math.max(...times)).toBeLessThan(2_000);
      for (const [i, backlog] of backlogs.entries()) expect(backlog).toBeGreaterThan((accepted[i] ?? Infinity) / 2);
      expect(normalAgain - mended).toBeLessThan(RECOVERY_MS_MAX);
      expect(new Map(payments.map(({ id, reference }) => [reference, id]))).toEqual(load.acknowledged);
      expect((await cluster.verify()).output).toContain('all invariants hold');
    },
    PARTITIONS * (PARTITION_MS + CALM_MS) + RECOVERY_MS_MAX + 180_000,
  );
});

const endMs = (payments: readonly PaymentRow[], from: number, to: number): number[] =>
  payments.filter(({ createdAt }) => createdAt.getTime() >= from && createdAt.getTime() < to).map(({ ms }) => ms);

/**
 * The start of the first window below the bound from which on most windows are: a machine that pauses spoils some of them. The end of
 * all payments, and the time allowed on top, if there is none.
 */
function recoveredAt(payments: readonly PaymentRow[], from: number, boundMs: number): number {
  const last = Math.max(...payments.map(({ createdAt }) => createdAt.getTime()));
  const windows: { start: number; isNormal: boolean }[] = [];
  for (let start = from; start + WINDOW_MS <= last; start += WINDOW_MS)
    windows.push({ start, isNormal: quantile(endMs(payments, start, start + WINDOW_MS), 0.99) <= boundMs });
  const recovered = windows.find(({ isNormal }, i) => {
    const rest = windows.slice(i);
    return isNormal && rest.filter((one) => one.isNormal).length > rest.length / 2;
  });
  return recovered?.start ?? last + RECOVERY_MS_MAX;
}
