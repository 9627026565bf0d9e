import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import {
  PostgresJobLeases,
  PostgresPartitionSpace,
  PostgresStagingFigures,
  PostgresStandingCounting,
} from '@ferry/postgres';
import { aTold } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { stagingWorld } from './staging-world.js';

const DAY = '2026-02-28';

describe.each(postgresServers)('figures of staging on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  const logged = (tenantId: string, completedAt: string, ms: number, processed: number, status = 'completed') =>
    database.query(
      `insert into recording.staging_process_log (tenant_id, id, source, retry, batch_start_id, batch_end_id, total_records,
         processed_records, duplicate_records, error_records, status, started_at, completed_at)
       values ($1, $2, 'public.x', false, 1, 10, $5::integer + 3, $5, 2, 1, $6, $3::timestamptz - $4 * interval '1 ms', $3)`,
      [tenantId, newId(), completedAt, ms, processed, status],
    );

  test('a day has the batches that ended on it, in UTC, and what waits now in all tables of the tenant', async () => {
    const [shop, bank] = [await stagingWorld(database), await stagingWorld(database)];
    const { tenantId } = shop.source;
    const figures = new PostgresStagingFigures(database.app);
    expect(await figures.ofDay(tenantId, DAY, 100)).toEqual({ processed: 0, averageBatchMs: 0, waiting: 0 });
    // It began on the day before.
    await logged(tenantId, `${DAY}T00:00:00.000Z`, 100, 7);
    await logged(tenantId, `${DAY}T23:59:59.999Z`, 50, 10);
    await logged(tenantId, '2026-02-27T23:59:59.999Z', 1_000, 100);
    await logged(tenantId, '2026-03-01T00:00:00.000Z', 1_000, 100);
    await logged(tenantId, `${DAY}T12:00:00.000Z`, 1_000, 100, 'failed');
    await logged(bank.source.tenantId, `${DAY}T12:00:00.000Z`, 1_000, 100);
    await shop.insert([{}, {}, {}]);
    await bank.insert([{}]);
    expect(await figures.ofDay(tenantId, DAY, 100)).toEqual({ processed: 17, averageBatchMs: 75, waiting: 3 });
    expect((await figures.ofDay(tenantId, DAY, 2)).waiting).toBe(2);
    await shop.drainAll();
    expect((await figures.ofDay(tenantId, DAY, 100)).waiting).toBe(0);
  });

  test('all tenants together: what waits in enabled sources, to a bound, and when one was last drained', async () => {
    const leases = new PostgresJobLeases(database.app, database.sweeper);
    const [shop, bank, idle] = [
      await stagingWorld(database),
      await stagingWorld(database),
      await stagingWorld(database),
    ];
    const counting = new PostgresStandingCounting(database.app, shop.sources, leases);
    const now = new Date('2026-02-28T12:00:00Z');
    const before = await counting.count(now, 100);
    expect(before).toEqual({ waiting: expect.any(Number), lastRunAt: undefined, countedAt: now });
    await shop.insert([{}, {}]);
    await bank.insert([{}]);
    await idle.insert([{}, {}, {}, {}]);
    await idle.sources.enable(idle.source, false, aTold(idle.source.tenantId));
    expect((await counting.count(now, 100)).waiting).toBe(before.waiting + 3);
    expect((await counting.count(now, before.waiting + 1)).waiting).toBe(before.waiting + 1);
    for (const [job, minute] of [
      ['staging public.a', 1],
      ['staging public.b', 2],
      ['partitions', 3],
    ] as const) {
      const at = new Date(now.getTime() + minute * 60_000);
      await leases.take({ tenantId: '~', job }, 'me', now, at);
      await leases.finish({ tenantId: '~', job }, 'me', at, 'done');
    }
    expect((await counting.count(now, 1)).lastRunAt).toEqual(new Date('2026-02-28T12:02:00Z'));
  });

  test('the months of recorded payments have a size and an end', async () => {
    const space = new PostgresPartitionSpace(database.sweeper);
    const { bytes, madeUntil } = await space.read();
    const [{ last } = { last: '' }] = await database.query<{ last: string }>(
      `select max(relname) as last from pg_class where relname ~ '^payments_y.*' and relnamespace = 'recording'::regnamespace and relkind = 'r'`,
    );
    const [, year = '', month = ''] = /y(\d+)m(\d+)/.exec(last) ?? [];
    expect(madeUntil).toEqual(new Date(Date.UTC(Number(year), Number(month), 1)));
    expect(bytes).toBeGreaterThan(0);
    await database.query(`select recording.make_partitions('2031-12-15', 0)`);
    expect((await space.read()).madeUntil).toEqual(new Date('2032-01-01T00:00:00Z'));
    expect((await space.read()).bytes).toBeGreaterThan(bytes);
  });
});
