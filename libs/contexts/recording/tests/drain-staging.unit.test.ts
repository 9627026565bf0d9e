import { beforeEach, expect, test } from '@jest/globals';
import { newId, silentLogger, silentMeter, type Meter } from '@ferry/kernel';
import { DrainStaging, type StagingRow, type StagingTables } from '@ferry/recording';
import { aTenant, InMemorySeenReferences } from '@ferry/recording/testing';

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
    peek: async (_source, after, limit) => rows.filter(({ id }) => id > after).slice(0, limit),
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
let asked: (readonly string[])[];

function aDrain(rows: readonly StagingRow[], batchSize = 10): DrainStaging {
  const seen = new InMemorySeenReferences();
  const payments = {
    holders: async (_tenantId: string, references: readonly string[]) => {
      asked.push(references);
      return references.map((reference) => (reference.startsWith('held') ? newId(now) : undefined));
    },
  };
  const [clock, random] = [{ now: () => now }, () => 0];
  const tenants = { find: async () => ({ suspended, currencies: [] }) };
  const staging = tablesWith(rows);
  return new DrainStaging(
    { tenants, staging, payments, seen, clock, newId, random, logger: silentLogger, meter },
    { batchSize, batchesPerTurn: 1, retriesMax: 1, backoff: { baseMs: 1, maxMs: 1 } },
  );
}

beforeEach(() => {
  counted = [];
  suspended = false;
  asked = [];
});

test('the store is asked first for as long as most of what comes was told before', async () => {
  const names = [
    'new 1',
    'late',
    'late',
    'late',
    'new 2',
    'held 1',
    'held 2',
    'new 3',
    'new 4',
    'new 5',
    'new 6',
    'new 7',
  ];
  const rows = names.map((name, i) => row(i + 2, name));
  const drain = aDrain(rows, 4);
  for (let turn = 0; turn < 3; turn += 1) await drain.run(source, new AbortController().signal);
  expect(asked).toEqual([['new 2', 'held 1', 'held 2', 'new 3']]);
  expect(counted).toContain('staging_rows_total duplicate 3');
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
