import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { say, sized } from '../harness/cluster.js';
import { FerryProcess } from '../harness/ferry.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

const ROWS = sized(20_000, 500_000);
const DISTINCT = ROWS - ROWS / 20;
const KILLS = sized(2, 10);
/** Longer than a lease, which a killed worker leaves behind. */
const PATIENCE_MS = sized(180_000, 900_000);

/** Workers are killed in the middle of batches while an ETL writes: whoever comes next goes on, and each row is taken once. */
describe('staging, and workers that are killed', () => {
  let server: TestServer;
  let database: TestDatabase;
  const workers = new Set<FerryProcess>();

  beforeAll(async () => {
    server = await (postgresServers[0] as (typeof postgresServers)[number])[1]();
    database = await makeDatabase(server);
    await database.query(
      `insert into recording.staging_sources values ('default', 'public.payment_staging', 'default', 'EUR', 'UTC', true, now())`,
    );
    // Without Kafka the relay deletes what nobody hears: here it is written down first.
    await database.query(`create table public.told (aggregate_id uuid);
      create function public.note() returns trigger language plpgsql security definer as
        $$ begin insert into public.told values (new.aggregate_id); return new; end $$;
      create trigger note after insert on messaging.outbox for each row execute function public.note()`);
  });
  afterAll(async () => {
    await Promise.all([...workers].map((worker) => worker.kill()));
    await database?.close();
    await server?.close();
  });

  const startWorker = (): FerryProcess => {
    const worker = new FerryProcess('worker', [], {
      DATABASE_URL: database.appUrl,
      DATABASE_SWEEPER_URL: database.sweeperUrl,
      STAGING_INTERVAL_SECONDS: '1',
      STAGING_BATCH_SIZE: '100',
    });
    workers.add(worker);
    void worker.exited.then(() => workers.delete(worker));
    return worker;
  };
  const number = async (sql: string): Promise<number> =>
    (await database.query<{ n: number }>(`select (${sql})::int as n`))[0]?.n ?? Number.NaN;
  const taken = (): Promise<number> => number('select count(*) from public.payment_staging where processed');
  const write = (from: number, to: number): Promise<unknown> =>
    database.query(
      `insert into public.payment_staging (reference_number, loan_account_number, cif, amount, payment_date)
       select 'ref-' || case when n % 20 = 0 then n - 1 else n end, 'L', 'C', 1, '2026-11-20' from generate_series($1::int, $2::int) n`,
      [from, to],
    );

  test(
    'leave nothing half done, and others go on',
    async () => {
      await write(1, ROWS / 2);
      let [worker] = [startWorker(), startWorker()];
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const before = await taken();
        await eventually('a batch or two', async () => (await taken()) > before, PATIENCE_MS);
        await worker.kill();
        worker = startWorker();
      }
      await write(ROWS / 2 + 1, ROWS);
      await eventually('all rows are taken', async () => (await taken()) === ROWS, PATIENCE_MS);
      const figures = await database.query(
        `select (select count(*)::int from recording.payments) as payments,
          (select count(distinct reference_number)::int from recording.payments) as distinct,
          (select count(*)::int from recording.payment_references) as references,
          (select count(*)::int from public.told) as events,
          (select count(distinct aggregate_id)::int from public.told) as told,
          sum(processed_records)::int as processed, sum(duplicate_records)::int as duplicate, sum(error_records)::int as error,
          sum(total_records)::int as total from recording.staging_process_log where status = 'completed'`,
      );
      expect(figures).toEqual([
        {
          payments: DISTINCT,
          distinct: DISTINCT,
          references: DISTINCT,
          events: DISTINCT,
          told: DISTINCT,
          processed: DISTINCT,
          duplicate: ROWS - DISTINCT,
          error: 0,
          total: ROWS,
        },
      ]);
      say('staging killed', `${KILLS} kills in ${ROWS} rows: ${JSON.stringify(figures[0])}`);
    },
    3 * PATIENCE_MS,
  );
});
