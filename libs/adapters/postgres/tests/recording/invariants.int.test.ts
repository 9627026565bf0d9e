import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PostgresRecordedPayments, verifyInvariants } from '@ferry/postgres';
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
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
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

  test('and for a reference that outlasts the month of its payment', async () => {
    await database.query(
      `insert into recording.payment_references values ('other', 'dropped', gen_random_uuid(), '2019-05-05', '2026-01-01')`,
    );
    expect((await results()).filter(({ broken }) => broken > 0)).toEqual([]);
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
