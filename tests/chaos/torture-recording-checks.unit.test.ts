import { describe, expect, test } from '@jest/globals';
import { judgeEvents } from '../../apps/cli/src/torture/checks/events.js';
import { judgeRecorded } from '../../apps/cli/src/torture/checks/recorded.js';
import { judgeStaged } from '../../apps/cli/src/torture/checks/staged.js';
import type { BatchRow, RecordedRow, StagingRow } from '../../apps/cli/src/torture/evidence-of-recording.js';
import type { Evidence } from '../../apps/cli/src/torture/evidence.js';
import type { ToldEvent } from '../../apps/cli/src/torture/kafka-events.js';
import type { Fact } from '../../apps/cli/src/torture/load/telling/facts.js';
import { Told } from '../../apps/cli/src/torture/load/telling/told.js';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface World {
  told: Told;
  payments: Draft<RecordedRow>[];
  rows: Draft<StagingRow>[];
  batches: Draft<BatchRow>[];
  events: Draft<ToldEvent>[];
}

const paidAt = new Date('2026-11-20T10:00:00Z');
const fact = (index: number, given: Partial<Fact>): Fact => ({
  index,
  reference: `r${index}`,
  loanAccountNumber: `LN-${index}`,
  cif: 'CIF',
  amountMinor: 100 + index,
  paidAt,
  way: 'webhook',
  manner: 'once',
  channel: 'bank',
  twins: 2,
  row: 'sound',
  ...given,
});
const recorded = (index: number, source: string): RecordedRow => ({
  id: `p${index}`,
  reference: `r${index}`,
  source,
  amount_minor: String(100 + index),
  loan_account_number: `LN-${index}`,
  payment_date: paidAt,
});
const row = (index: number, bad = false): StagingRow => ({
  id: String(index),
  reference: `r${index}`,
  processed: true,
  bad,
});

/**
 * r0 by webhook, twice; r1 by both, the webhook first; r2 by staging, and by a webhook later; r3 by staging, twice in it; r4 a bad row; r5 one
 * that was mended. All as it should be; every test breaks one thing in it.
 */
function aWorld(): World {
  const told = new Told();
  const both = { way: 'both' } as const;
  const staging = { way: 'staging' } as const;
  told.telling([fact(0, {}), fact(1, both), fact(2, both), fact(3, staging)]);
  told.telling([fact(4, { ...staging, row: 'bad' }), fact(5, { ...staging, row: 'mended' })]);
  const said = (index: number, word: 'created' | 'duplicate') =>
    told.receipts.push({ reference: `r${index}`, said: word, paymentId: `p${index}` });
  said(0, 'created');
  said(0, 'duplicate');
  said(1, 'created');
  said(2, 'duplicate');
  for (const index of [1, 2, 3, 4, 5]) told.inserted.add(`r${index}`);
  told.mended.add('r5');
  const sources = ['webhook', 'webhook', 'staging', 'staging'];
  const payments = [...sources.map((source, index) => recorded(index, source)), recorded(5, 'staging')];
  return {
    told,
    payments,
    rows: [row(1), row(2), row(3), { ...row(3), id: '33' }, row(4, true), row(5)],
    batches: [
      { id: 'b1', retry: false, total: 4, processed: 2, duplicates: 1, errors: 1 },
      { id: 'b2', retry: false, total: 2, processed: 0, duplicates: 1, errors: 1 },
      { id: 'b3', retry: true, total: 2, processed: 1, duplicates: 0, errors: 1 },
    ],
    events: payments.map(({ id }) => ({ paymentId: id, eventId: `e-${id}`, type: 'payment.recorded', version: 1 })),
  };
}

/** Names of what does not hold. */
function brokenIn({ told, events, ...recording }: World, withKafka = true): string[] {
  const evidence: Evidence = {
    payments: [],
    history: [],
    keys: [],
    waitingEvents: 0,
    recording: { ...recording, batchesFailed: 1 },
    events: withKafka ? events : undefined,
  };
  const verdicts = [...judgeEvents(evidence), ...judgeRecorded(told, evidence), ...judgeStaged(told, evidence)];
  return verdicts.filter(({ broken }) => broken.length > 0).map(({ name }) => name);
}

/** Of a payment that was lost, its event too. */
function lose(world: World, index: number): void {
  world.payments = world.payments.filter(({ reference }) => reference !== `r${index}`);
  world.events = world.events.filter(({ paymentId }) => paymentId !== `p${index}`);
}

test('a world in which all is well is found to be so, with and without Kafka', () => {
  expect(brokenIn(aWorld())).toEqual([]);
  expect(brokenIn(aWorld(), false)).toEqual([]);
});

describe('the checks find', () => {
  const faults: readonly (readonly [what: string, breakIt: (world: World) => void, broken: readonly string[]])[] = [
    ['a webhook that was answered and is lost', (world) => lose(world, 0), ['recorded-as-answered', 'created-once']],
    [
      'a row that was processed and is lost',
      (world) => lose(world, 3),
      // Both rows of it; and the log knows of one more than there are.
      ['rows-accounted', 'log-adds-up'],
    ],
    [
      'an answer with the id of another payment',
      (world) => world.told.receipts.push({ reference: 'r0', said: 'duplicate', paymentId: 'p1' }),
      ['recorded-as-answered'],
    ],
    [
      'two answers of `created`',
      (world) => world.told.receipts.push({ reference: 'r0', said: 'created', paymentId: 'p0' }),
      ['created-once'],
    ],
    [
      'an answer of `created` to what staging had brought',
      (world) => world.told.receipts.push({ reference: 'r2', said: 'created', paymentId: 'p2' }),
      ['created-once'],
    ],
    [
      'a reference number that is recorded twice',
      (world) => {
        world.payments.push({ ...recorded(0, 'webhook'), id: 'p9' });
        world.events.push({ paymentId: 'p9', eventId: 'e-p9', type: 'payment.recorded', version: 1 });
      },
      ['recorded-once'],
    ],
    [
      'a payment that nobody told of',
      (world) => {
        world.payments.push(recorded(9, 'webhook'));
        world.events.push({ paymentId: 'p9', eventId: 'e-p9', type: 'payment.recorded', version: 1 });
      },
      ['recorded-as-told'],
    ],
    [
      'a payment that came by another way than it was told of',
      (world) => (world.payments[0]!.source = 'staging'),
      ['created-once', 'recorded-as-told', 'log-adds-up'],
    ],
    ['another amount', (world) => (world.payments[1]!.amount_minor = '1'), ['recorded-as-told']],
    ['another account', (world) => (world.payments[1]!.loan_account_number = 'LN-2'), ['recorded-as-told']],
    ['another time', (world) => (world.payments[1]!.payment_date = new Date(0)), ['recorded-as-told']],
    ['an event that is missing', (world) => world.events.pop(), ['told-recorded']],
    ['a second event', (world) => world.events.push({ ...world.events[0]!, eventId: 'another id' }), ['told-recorded']],
    ['an event of another version', (world) => (world.events[0]!.version = 2), ['told-recorded']],
    [
      'an event of a payment that is not there',
      (world) => world.events.push({ paymentId: 'p9', eventId: 'e', type: 'payment.recorded', version: 1 }),
      ['told-true'],
    ],
    [
      'a row of the ETL that is gone',
      (world) => {
        world.rows = world.rows.filter(({ reference }) => reference !== 'r2');
      },
      ['etl-kept', 'log-adds-up'],
    ],
    ['a row that waits', (world) => (world.rows[0]!.processed = false), ['rows-accounted']],
    ['a bad row that nobody noted', (world) => (world.rows[4]!.bad = false), ['rows-accounted', 'log-adds-up']],
    ['a sound row that was taken for bad', (world) => (world.rows[0]!.bad = true), ['rows-accounted', 'log-adds-up']],
    [
      'a bad row that was recorded',
      (world) => {
        world.payments.push(recorded(4, 'staging'));
        world.events.push({ paymentId: 'p4', eventId: 'e-p4', type: 'payment.recorded', version: 1 });
      },
      ['rows-accounted', 'log-adds-up'],
    ],
    [
      'a row that was mended and is not recorded',
      (world) => {
        lose(world, 5);
        world.rows[5]!.bad = true;
        world.batches[2] = { ...world.batches[2]!, processed: 0, errors: 2 };
      },
      ['rows-accounted'],
    ],
    ['a batch that does not add up', (world) => (world.batches[2]!.errors = 2), ['batches-add-up']],
    [
      'rows that are counted twice',
      (world) => world.batches.push({ id: 'b4', retry: false, total: 1, processed: 0, duplicates: 1, errors: 0 }),
      ['log-adds-up'],
    ],
    [
      'a duplicate that was counted as processed',
      (world) => Object.assign(world.batches[0]!, { processed: 3, duplicates: 0 }),
      ['log-adds-up'],
    ],
  ];

  test.each(faults)('%s', (_what, breakIt, broken) => {
    const world = aWorld();
    breakIt(world);
    expect(brokenIn(world)).toEqual(broken);
  });
});

describe('the checks allow', () => {
  test('an event that comes again', () => {
    const world = aWorld();
    world.events.push(...world.events.map((event) => ({ ...event })));
    expect(brokenIn(world)).toEqual([]);
  });

  test('a payment whose sender never had an answer', () => {
    const world = aWorld();
    world.told.receipts.splice(0, 2);
    expect(brokenIn(world)).toEqual([]);
  });

  test('a row that was written twice because nobody knew that it was there', () => {
    const world = aWorld();
    world.rows.push({ ...row(2), id: '22' });
    world.batches.push({ id: 'b4', retry: false, total: 1, processed: 0, duplicates: 1, errors: 0 });
    expect(brokenIn(world)).toEqual([]);
  });
});
