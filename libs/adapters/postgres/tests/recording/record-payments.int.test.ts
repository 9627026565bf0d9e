import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger, silentMeter, type Meter } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { Database, PostgresRecordedPayments } from '@ferry/postgres';
import type { Recording } from '@ferry/recording';
import { aRecording, aReferenceNumber, aTenant } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { findHolders } from '../../src/recording/read-recorded-payments.js';
import { recordPayments } from '../../src/recording/record-payments.js';
import { forget, forgetReferences } from './forget-references.js';

const refused = { code: '42501' };

describe.each(postgresServers)('recorded payments on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let payments: PostgresRecordedPayments;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { poolMax: 20 });
    payments = new PostgresRecordedPayments(database.app);
    await database.addTenant('other');
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  const rowsOf = async (table: string): Promise<number> => {
    const [row] = await database.query<{ count: number }>(`select count(*)::int as count from ${table}`);
    return row?.count ?? Number.NaN;
  };
  const rows = (): Promise<number[]> =>
    Promise.all(['recording.payments', 'recording.payment_references', 'messaging.outbox'].map(rowsOf));

  test('a failure in the middle leaves nothing', async () => {
    const before = await rows();
    const createdAt = new Date();
    const good = aRecording({ createdAt });
    const bad = aRecording({ createdAt });
    const endless = { ...bad, origin: { ...bad.origin, correlationId: 'c'.repeat(200) } };
    await expect(payments.record('default', [good, endless])).rejects.toMatchObject({ code: '22001' });
    expect(await rows()).toEqual(before);
  });

  test('duplicates alone write nothing: no transaction that others would have to know of', async () => {
    const one = aRecording();
    const { referenceNumber } = one.payment;
    await payments.record('default', [one]);
    // Of the transaction itself: what vacuum and other databases of the server write is nothing to this test.
    const numberOf = (recording: Recording): Promise<unknown> =>
      database.app.transaction(async (session) => {
        await session.query(recordPayments('default', [recording]));
        await findHolders(session, 'default', [referenceNumber]);
        return (await session.rows({ text: 'select pg_current_xact_id_if_assigned()::text as number' }))[0];
      });
    expect(await numberOf(aRecording({ referenceNumber }))).toEqual({ number: null });
    expect(await numberOf(aRecording())).toEqual({ number: expect.any(String) });
  });

  test('nobody records for a tenant that there is not', async () => {
    const before = await rows();
    await expect(payments.record('nobody', [aRecording({ tenantId: 'nobody' })])).rejects.toMatchObject({
      code: '23503',
    });
    expect(await rows()).toEqual(before);
  });

  test('another tenant sees nothing of it, by reference, id or list', async () => {
    const one = aRecording();
    const { id, referenceNumber, paymentDate } = one.payment;
    await payments.record('default', [one]);
    await forgetReferences(database.app, 'default', [referenceNumber]);
    expect(await payments.holders('default', [referenceNumber])).toEqual([id]);
    await forgetReferences(database.app, 'other', [referenceNumber]);
    const place = {
      text: `insert into recording.forgotten_references values ($1, substr(sha256(convert_to($2, 'UTF8')), 1, 8), $3)`,
      values: ['other', referenceNumber, paymentDate.toISOString()],
    };
    await database.app.tenant('other', (session) => session.query(place));
    expect(await payments.holders('other', [referenceNumber])).toEqual([undefined]);
    expect(await payments.find('other', [id])).toEqual([undefined]);
    expect(await payments.list('other', { limit: 10 })).toEqual([]);
    expect(await payments.recentReferences('other', 10)).toEqual([]);
  });

  test.each(['recording.payments', 'recording.payment_references', 'recording.forgotten_references'])(
    'without a tenant no row of %s is seen, and no row of another tenant',
    async (table) => {
      await payments.record('default', [aRecording()]);
      await database.query(
        `insert into recording.forgotten_references values ('default', 'hash', '2026-01-01') on conflict do nothing`,
      );
      const look = { text: `select 1 from ${table} where tenant_id = 'default'` };
      expect(await database.app.transaction((session) => session.rows(look))).toEqual([]);
      expect(await database.app.tenant('other', (session) => session.rows(look))).toEqual([]);
      expect(await database.app.tenant('default', (session) => session.rows(look))).not.toEqual([]);
    },
  );

  test('what is recorded cannot be changed or taken away, nor reached by its partition, nor written for another tenant', async () => {
    for (const text of [
      `update recording.payments set amount_minor = 1`,
      `delete from recording.payments`,
      `truncate recording.payment_references`,
      `update recording.payment_references set reference_number = 'x'`,
      `select 1 from recording.payments_default`,
      `insert into recording.payment_references values ('other', 'x', gen_random_uuid(), '2026-01-01', '2026-01-01')`,
    ])
      await expect(database.app.tenant('default', (session) => session.query({ text }))).rejects.toMatchObject(refused);
    const record = { text: `select recording.record_payments${args}` };
    await expect(database.sweeper.transaction((session) => session.query(record))).rejects.toMatchObject(refused);
  });
  const args = `('default', 't', 'webhook', '2026-01-01', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '', '{}', 't', '', '{}', '{}')`;

  test('a reference that comes back holds the old payment, in its month, for another while', async () => {
    const paymentDate = new Date('2024-02-29T12:00:00.000Z');
    const [old, now] = [aRecording({ paymentDate, createdAt: new Date('2024-03-01T00:00:00.000Z') }), new Date()];
    const { id, referenceNumber } = old.payment;
    await payments.record('default', [old]);
    await forgetReferences(database.app, 'default', [referenceNumber]);
    await payments.record('default', [aRecording({ referenceNumber, createdAt: now })]);
    const found = await database.query(
      `select payment_id, payment_date, created_at from recording.payment_references where reference_number = $1`,
      [referenceNumber],
    );
    expect(found).toEqual([{ payment_id: id, payment_date: paymentDate, created_at: now }]);
  });

  /** One that has forgotten nothing yet. */
  let tenantId: string;
  beforeEach(async () => {
    tenantId = aTenant();
    await database.addTenant(tenantId);
  });
  const some = (count: number): string[] => Array.from({ length: count }, () => aReferenceNumber());
  const recordAll = (by: PostgresRecordedPayments, references: readonly string[]): Promise<unknown> => {
    const createdAt = new Date();
    return by.record(
      tenantId,
      references.map((referenceNumber) => aRecording({ tenantId, createdAt, referenceNumber })),
    );
  };
  const onceEach = async (references: readonly string[]): Promise<number> => {
    const once = await database.query(
      `select reference_number from recording.payments where reference_number = any($1) group by 1 having count(*) = 1`,
      [references],
    );
    return once.length;
  };

  test('callers with the same references in different orders wait for each other, and none runs into a deadlock', async () => {
    let retries = 0;
    const meter: Meter = {
      ...silentMeter,
      count: (name) => void (name === 'db_transaction_retries_total' && (retries += 1)),
    };
    const options = { url: database.appUrl, poolMax: 16, applicationName: 'race', awayAfterMs: 60_000 };
    const counting = new Database(options, silentLogger, meter);
    try {
      const recorder = new PostgresRecordedPayments(counting);
      // So many that the callers are at work at the same time.
      for (let round = 0; round < 3; round += 1) {
        const references = some(1_000);
        const callers = Array.from({ length: 6 }, (_, i) => (i % 2 ? references : references.toReversed()));
        await Promise.all(callers.map((batch) => recordAll(recorder, batch)));
        expect(await onceEach(references)).toBe(1_000);
      }
      expect(retries).toBe(0);
    } finally {
      await counting.close();
    }
  });

  test('a reference that is being forgotten at this moment is waited for, and its payment is found', async () => {
    const [reference = ''] = some(1);
    await recordAll(payments, [reference]);
    const [begun, forgetting] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const forgotten = database.app.tenant(tenantId, async (session) => {
      await forget(session, tenantId, [reference]);
      begun.resolve();
      await forgetting.promise;
    });
    await begun.promise;
    const recorded = payments.record(tenantId, [aRecording({ tenantId, referenceNumber: reference })]);
    await eventually('the recorder waits', async () => {
      const waiting = await database.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database() and query like '%record_payments%'`);
      return waiting.length > 0;
    });
    forgetting.resolve();
    await forgotten;
    expect(await recorded).toMatchObject([{ outcome: 'duplicate' }]);
    expect(await onceEach([reference])).toBe(1);
  });

  test('callers who bring the same references while they are forgotten, again and again: each payment once', async () => {
    const references = some(12);
    const shuffled = (by: number): string[] => references.map((_, i) => references[(i * by) % 12] ?? '');
    for (let round = 0; round < 10; round += 1)
      await Promise.all([
        ...Array.from({ length: 16 }, (_, i) => recordAll(payments, shuffled([1, 5, 7, 11][i % 4] ?? 1))),
        forgetReferences(database.app, tenantId, shuffled(7).slice(0, 6)),
        forgetReferences(database.app, tenantId, shuffled(1).slice(3, 9)),
      ]);
    expect(await onceEach(references)).toBe(12);
  });
});
