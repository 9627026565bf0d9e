import { randomBytes } from 'node:crypto';
import { newId, silentLogger, silentMeter, systemClock, type Clock } from '@ferry/kernel';
import {
  PostgresRecordedPayments,
  PostgresStagingErrors,
  PostgresStagingSources,
  PostgresStagingTables,
} from '@ferry/postgres';
import { DrainStaging, type DrainStagingNeeds, type DrainStagingOptions, type StagingSource } from '@ferry/recording';
import { aTold } from '@ferry/recording/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';

/** What a test says of a row; everything it does not say is good and unique. */
export interface GivenRow {
  readonly reference_number?: string | null;
  readonly loan_account_number?: string | null;
  readonly cif?: string | null;
  readonly amount?: string | null;
  readonly payment_date?: string | null;
  readonly payment_channel?: string | null;
  readonly metadata?: unknown;
}

const never = new AbortController().signal;
/** Knows nothing, and so decides nothing. */
export const knowsNothing: DrainStagingNeeds['seen'] = {
  find: async (_tenantId, references) => references.map(() => undefined),
  remember: async () => {},
  forget: async () => {},
};

/** A tenant with a staging table of its own, which has the columns of the source design and lets nulls through. */
export async function stagingWorld(database: TestDatabase, given: Partial<StagingSource> = {}) {
  const tenantId = `t-${randomBytes(8).toString('hex')}`;
  await database.addTenant(tenantId);
  await database.query(`insert into tenancy.business_units values ($1, 'default', 'default', now())`, [tenantId]);
  const name = `staging_${randomBytes(5).toString('hex')}`;
  const table = `public.${name}`;
  await database.query(`create table ${table} (like public.payment_staging including defaults)`);
  await database.query(`alter table ${table} owner to ferry_owner, add primary key (id)`);
  for (const column of ['reference_number', 'loan_account_number', 'cif', 'amount', 'payment_date'])
    await database.query(`alter table ${table} alter column ${column} drop not null`);
  await database.query(`select recording.prepare_staging($1)`, [table]);
  await database.query(`grant select, insert, update on ${table} to ferry_etl`);
  const source = { tenantId, table, businessUnitId: 'default', currency: 'EUR', timeZone: 'UTC', ...given };
  const sources = new PostgresStagingSources(database.app, database.sweeper);
  if ((await sources.add(source, aTold(tenantId))) !== 'added') throw new Error(`${table} was not added`);

  const drain = (needs: Partial<DrainStagingNeeds> = {}, options: Partial<DrainStagingOptions> = {}): DrainStaging =>
    new DrainStaging(
      {
        tenants: { find: async () => undefined },
        staging: new PostgresStagingTables(database.app),
        payments: new PostgresRecordedPayments(database.app),
        seen: knowsNothing,
        clock: systemClock,
        newId,
        random: () => 0,
        logger: silentLogger,
        meter: silentMeter,
        ...needs,
      },
      { batchSize: 100, batchesPerTurn: 10, retriesMax: 3, backoff: { baseMs: 60_000, maxMs: 600_000 }, ...options },
    );

  return {
    source,
    sources,
    drain,
    errors: new PostgresStagingErrors(database.app, database.sweeper),
    insert: (rows: readonly GivenRow[]) => insertRows(database, table, rows),
    /** Turns until there is no more. */
    drainAll: async (by: DrainStaging = drain()): Promise<void> => {
      while ((await by.run(source, never)).more);
    },
    rows: <R extends object>(sql: string): Promise<R[]> =>
      database.query(sql.replaceAll('$table', table).replaceAll('$tenant', `'${tenantId}'`)),
  };
}

export type StagingWorld = Awaited<ReturnType<typeof stagingWorld>>;

let made = 0;

/** As the ETL inserts them; answers their ids. */
export async function insertRows(
  database: TestDatabase,
  table: string,
  rows: readonly GivenRow[],
): Promise<readonly string[]> {
  const whole = rows.map((row) => ({
    reference_number: `ref-${(made += 1)}-${randomBytes(4).toString('hex')}`,
    loan_account_number: 'LN-1',
    cif: 'CIF-1',
    amount: '100.50',
    payment_date: '2026-11-20 09:00:00',
    payment_channel: 'branch',
    metadata: {},
    ...row,
  }));
  const inserted = await database.query<{ id: string }>(
    `insert into ${table} (reference_number, loan_account_number, cif, amount, payment_date, payment_channel, metadata)
     select * from json_to_recordset($1) as r(reference_number varchar, loan_account_number varchar, cif varchar, amount decimal(15,2),
       payment_date timestamp, payment_channel varchar, metadata jsonb) returning id`,
    [JSON.stringify(whole)],
  );
  return inserted.map(({ id }) => id);
}

/** A clock that a test moves. */
export class TestClock implements Clock {
  constructor(private ms = Date.UTC(2026, 10, 21, 12)) {}
  now = (): Date => new Date(this.ms);
  advance(ms: number): void {
    this.ms += ms;
  }
}
