import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PostgresPaymentMonths, PostgresRecordedPayments, verifyInvariants } from '@ferry/postgres';
import { aRecording } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { forgetReferences } from './forget-references.js';

/** What `ferry verify` promises to notice of recorded payments, each broken on purpose by the administrator. */
describe.each(postgresServers)('invariants of recording on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let months: PostgresPaymentMonths;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    months = new PostgresPaymentMonths(database.sweeper);
    await database.addTenant('other');
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  beforeEach(async () => {
    await database.query(
      `truncate recording.payments, recording.payment_references, recording.forgotten_references, messaging.outbox`,
    );
    const payments = new PostgresRecordedPayments(database.app);
    const createdAt = new Date();
    for (const tenantId of ['default', 'other']) {
      const make = (referenceNumber: string, paymentDate: Date) =>
        aRecording({ tenantId, referenceNumber, paymentDate, createdAt });
      await payments.record(tenantId, [
        make('old', new Date('2024-02-29T00:00:00.000Z')),
        make('a', createdAt),
        make('b', createdAt),
      ]);
      await forgetReferences(database.app, tenantId, ['old']);
    }
  });

  const recordLate = async (...references: readonly string[]): Promise<void> => {
    const shared = { tenantId: 'default', paymentDate: new Date('2016-02-29T12:00:00Z'), createdAt: new Date() };
    const recordings = references.map((referenceNumber) => aRecording({ ...shared, referenceNumber }));
    await new PostgresRecordedPayments(database.app).record('default', recordings);
  };

  const results = async (): Promise<Awaited<ReturnType<typeof verifyInvariants>>> =>
    (await verifyInvariants(database.app, database.sweeper)).filter(
      ({ name }) => name.startsWith('recorded-') || name === 'outbox-gapless',
    );

  test('hold for what the engine writes', async () => {
    expect(Object.fromEntries((await results()).map(({ name, checked, broken }) => [name, [checked, broken]]))).toEqual(
      {
        'outbox-gapless': [0, 0],
        'recorded-once': [6, 0],
        'recorded-held': [6, 0],
        'recorded-there': [4, 0],
        'recorded-told': [6, 0],
      },
    );
  });

  test('and for references that outlast their month, also when a late payment brings that month back', async () => {
    await recordLate('dropped-1', 'dropped-2');
    await months.make('2016-02');
    expect(await months.drop('2016-02', { now: new Date(), retentionMonths: 12 })).toBe('dropped');
    expect((await results()).filter(({ broken }) => broken > 0)).toEqual([]);
    await recordLate('late-1', 'late-2');
    await months.make('2016-02');
    expect((await results()).filter(({ broken }) => broken > 0)).toEqual([]);
    await database.query(`delete from recording.payments where reference_number = 'late-1'`);
    expect((await results()).find(({ name }) => name === 'recorded-there')).toMatchObject({ checked: 8, broken: 1 });
  });

  const columns =
    'business_unit_id, reference_number, loan_account_number, cif, amount_minor, currency, payment_date, payment_channel, source, metadata, created_at';
  test.each([
    [
      'a payment recorded twice',
      `insert into recording.payments (tenant_id, id, ${columns}) select tenant_id, gen_random_uuid(), ${columns}
         from recording.payments where tenant_id = 'other' and reference_number = 'a'`,
      ['recorded-once', 'recorded-held'],
    ],
    [
      'a payment recorded twice after it was forgotten',
      `insert into recording.payments (tenant_id, id, ${columns}) select tenant_id, gen_random_uuid(), ${columns}
         from recording.payments where tenant_id = 'other' and reference_number = 'old'`,
      ['recorded-once'],
    ],
    [
      'a reference that is gone without a word',
      `delete from recording.payment_references where tenant_id = 'other' and reference_number = 'a'`,
      ['recorded-held'],
    ],
    [
      'a forgotten one of another date',
      `update recording.forgotten_references set payment_date = '2024-02-28'`,
      ['recorded-held'],
    ],
    [
      'a forgotten one that is gone',
      `delete from recording.forgotten_references where tenant_id = 'other'`,
      ['recorded-held'],
    ],
    [
      'a reference that names another payment',
      `update recording.payment_references set payment_id = gen_random_uuid() where tenant_id = 'other' and reference_number = 'a'`,
      ['recorded-held', 'recorded-there'],
    ],
    [
      'a reference that names a wrong month',
      `update recording.payment_references set payment_date = payment_date - interval '1 day' where tenant_id = 'other' and reference_number = 'a'`,
      ['recorded-there'],
    ],
    [
      'a payment that is gone',
      `delete from recording.payments where tenant_id = 'other' and reference_number = 'a'`,
      ['recorded-there', 'recorded-told'],
    ],
    [
      'a second event',
      `insert into messaging.outbox select (jsonb_populate_record(o, '{"version": 2}')).* from messaging.outbox o where tenant_id = 'other' limit 1`,
      ['recorded-told'],
    ],
    [
      'an event of another version',
      `update messaging.outbox set version = 2 where ctid = (select min(ctid) from messaging.outbox)`,
      ['recorded-told'],
    ],
  ])('%s is noticed', async (_what, harm, names) => {
    await database.query(harm);
    expect((await results()).filter(({ broken }) => broken > 0).map(({ name }) => name)).toEqual(names);
  });
});
