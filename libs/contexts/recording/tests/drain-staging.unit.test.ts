import { beforeEach, expect, test } from '@jest/globals';
import { newId, silentLogger, silentMeter, type Meter } from '@ferry/kernel';
import { DrainStaging, type StagingRow, type StagingTables } from '@ferry/recording';
import { aTenant, InMemoryRecordedPayments, InMemorySeenReferences } from '@ferry/recording/testing';

const now = new Date('2026-11-21T10:00:00.000Z');
const row = (id: number, referenceNumber: string, amount = '1'): StagingRow => ({
  id: BigInt(id),
  xmin: '1',
  referenceNumber,
  loanAccountNumber: 'L',
  cif: 'C',
  amount,
  shownMs: now.getTime(),
  paymentChannel: null,
  metadata: null,
  attempts: 0,
});

/** Somebody else has the row 1, and records the reference `late` while the rest is decided. */
function tablesWith(rows: readonly StagingRow[]): StagingTables {
  return {
    peek: async (_source, after) => rows.filter(({ id }) => id > after),
    due: async () => [],
    record: async (_source, batch) => {
      if (batch.rows.some(({ id }) => id === 1n)) return { lost: [1n] };
      const late = batch.recordings.filter(({ payment }) => payment.referenceNumber === 'late');
      return { duplicates: new Map(late.map(({ payment }) => [payment.id, newId(now)])) };
    },
    fail: async () => {},
    waiting: async () => 0,
  };
}

let counted: string[];
const meter: Meter = {
  ...silentMeter,
  count: (name, labels = {}, by = 1) => void counted.push([name, ...Object.values(labels), by].join(' ')),
};
const source = { tenantId: aTenant(), table: 'public.t', businessUnitId: 'default', currency: 'EUR', timeZone: 'UTC' };
let suspended: boolean;

function aDrain(rows: readonly StagingRow[]): DrainStaging {
  const [payments, seen] = [new InMemoryRecordedPayments(), new InMemorySeenReferences()];
  const [clock, random] = [{ now: () => now }, () => 0];
  const tenants = { find: async () => ({ suspended, currencies: [] }) };
  const staging = tablesWith(rows);
  return new DrainStaging(
    { tenants, staging, payments, seen, clock, newId, random, logger: silentLogger, meter },
    { batchSize: 10, batchesPerTurn: 1, retriesMax: 1, backoff: { baseMs: 1, maxMs: 1 } },
  );
}

beforeEach(() => {
  counted = [];
  suspended = false;
});

test('rows are counted by what became of them, and payments by source as those of webhooks are', async () => {
  const drain = aDrain([row(1, 'x'), row(2, 'a'), row(3, 'b'), row(4, 'a'), row(5, 'late'), row(6, 'c', '0')]);
  await drain.run(source, new AbortController().signal);
  expect(counted).toEqual([
    'staging_rows_total left 1',
    'staging_rows_total processed 2',
    'staging_rows_total duplicate 2',
    'staging_rows_total error 1',
    'payments_recorded_total staging created 2',
    'payments_recorded_total staging duplicate 2',
  ]);
});

test('rows of a suspended tenant wait until it is resumed', async () => {
  const drain = aDrain([row(2, 'a')]);
  suspended = true;
  expect(await drain.run(source, new AbortController().signal)).toEqual({ more: false });
  expect(counted).toEqual([]);
  suspended = false;
  await drain.run(source, new AbortController().signal);
  expect(counted).toContain('staging_rows_total processed 1');
});
