import { randomBytes } from 'node:crypto';
import {
  PostgresAgedReferences,
  PostgresMonthRows,
  PostgresPaymentMonths,
  PostgresRecordedPayments,
} from '@ferry/postgres';
import { newId, newTraceparent } from '@ferry/kernel';
import type { UpkeepStore } from '@ferry/recording/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';

/** Months of the tests are older than any that maintenance makes. */
const OLD = '^payments_y20(0|1)';

/** The store of a database, emptied. */
export async function makeUpkeepStore(database: TestDatabase): Promise<UpkeepStore> {
  const { app, sweeper } = database;
  const old = await database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'recording'::regnamespace and relkind = 'r' and relname ~ '${OLD}'`,
  );
  for (const { name } of old) await database.query(`drop table recording.${name}`);
  await database.query(
    'truncate recording.payments, recording.payment_references, recording.forgotten_references, messaging.outbox',
  );
  const payments = new PostgresRecordedPayments(app);
  return {
    months: new PostgresPaymentMonths(sweeper),
    rows: new PostgresMonthRows(app, sweeper),
    references: new PostgresAgedReferences(app, sweeper),
    record: async (recorded) => {
      for (const payment of recorded)
        await payments.record(payment.tenantId, [
          { payment, eventId: newId(), origin: { correlationId: 'upkeep', traceparent: newTraceparent() } },
        ]);
    },
    payments: (tenantId) => payments.list(tenantId, { limit: 1_000_000 }),
    known: async (tenantId) => {
      const rows = await database.query<{ reference_number: string }>(
        'select reference_number from recording.payment_references where tenant_id = $1',
        [tenantId],
      );
      return rows.map(({ reference_number }) => reference_number);
    },
    forgotten: async (tenantId) => {
      const rows = await database.query<{ payment_date: Date }>(
        'select payment_date from recording.forgotten_references where tenant_id = $1 order by 1',
        [tenantId],
      );
      return rows.map(({ payment_date }) => payment_date);
    },
    newTenant: async () => {
      const tenantId = `t-${randomBytes(8).toString('hex')}`;
      await database.addTenant(tenantId);
      return tenantId;
    },
  };
}
