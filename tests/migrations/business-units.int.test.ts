import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { migrationNames } from '@ferry/migrations';
import { wholeTenant } from '@ferry/payments';
import { anAddition } from '@ferry/payments/testing';
import { PostgresPaymentRepository, PostgresTenantRepository } from '@ferry/postgres';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

/** Before payments had units. */
const BEFORE = 10;
const options = { sweepGraceMs: 0 };

/** What an app of the version before says to add one payment: it knows no units. */
async function addAsBefore(database: TestDatabase, reference: string): Promise<string> {
  const [id, event] = [newId(), newId()];
  const places = Array.from({ length: 24 }, (_, i) => `$${i + 1}`).join(', ');
  const now = new Date().toISOString();
  const later = new Date(Date.now() + 60_000).toISOString();
  const payment = [[id], ['PAYMENT'], ['simulated'], [100], ['EUR'], [reference], [null], [null], '{}', ['c'], ['t']];
  const record = [[`key-${reference}`], [Buffer.alloc(32, 7)], JSON.stringify({ id }), [later]];
  const times = [[now], [now], [now]];
  const values = ['shop', now, 'payment.events', ...payment, ...times, [event], ['payment.created'], '{}', ...record];
  const text = `select addition, outcome, payment_id, response from payments.add_payments(${places})`;
  expect(await database.app.statement({ name: 'add-payments-before', text, values })).toEqual([]);
  return id;
}

describe.each(postgresServers)('payments get business units on %s', (_name, start) => {
  let server: TestServer;
  const opened: TestDatabase[] = [];
  const databaseAt = async (upTo: number): Promise<TestDatabase> => {
    const database = await makeDatabase(server, { upTo });
    opened.push(database);
    return database;
  };
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    for (const database of opened) await database.close();
    await server?.close();
  });

  test('an app of the version before adds payments before and after; they are of the unit that every tenant has', async () => {
    const database = await databaseAt(BEFORE);
    await database.query(`insert into tenancy.tenant_home values ('shop', now())`);
    const ids = [await addAsBefore(database, 'before')];
    expect(await database.migrate()).toEqual(migrationNames.slice(BEFORE));
    ids.push(await addAsBefore(database, 'after'));
    const repository = new PostgresPaymentRepository(database.app, options);
    const found = await repository.find(wholeTenant('shop'), ids);
    expect(found.map((payment) => payment?.state.businessUnitId)).toEqual(['default', 'default']);
    expect(await new PostgresTenantRepository(database.app).units('shop')).toMatchObject([{ id: 'default' }]);
    const again = anAddition({ tenantId: 'shop' }, { key: 'key-after', fingerprint: '07'.repeat(32) });
    expect(await repository.add('shop', [again])).toMatchObject([{ outcome: 'replayed', paymentId: ids[1] }]);
  });

  test('what an attempt that was broken off left behind is made anew', async () => {
    const database = await databaseAt(BEFORE + 1);
    await database.query('create index payments_default_of_unit on payments.payments_default (rail)');
    expect(await database.migrate()).toEqual(migrationNames.slice(BEFORE + 1));
    const parts = await database.query<{ columns: string; indisvalid: boolean }>(
      `select indisvalid, (regexp_match(pg_get_indexdef(x.indexrelid), '\\(.*\\)'))[1] as columns
       from pg_index x join pg_inherits i on i.inhrelid = x.indexrelid
       where i.inhparent = 'payments.payments_of_unit'::regclass`,
    );
    const partitions = await database.query(`select from pg_inherits where inhparent = 'payments.payments'::regclass`);
    expect(parts).toEqual(partitions.map(() => ({ indisvalid: true, columns: '(tenant_id, business_unit_id, id)' })));
  });

  test('a list of a unit is a walk along the index, in months that are made later too', async () => {
    const database = await databaseAt(migrationNames.length);
    await database.query(`select payments.make_partitions(now() + interval '1 year', 1)`);
    await database.query(`insert into tenancy.tenant_home values ('shop', now())`);
    const lines = await database.app.tenant('shop', async (session) => {
      for (const way of ['seqscan', 'bitmapscan']) await session.rows({ text: `set local enable_${way} = off` });
      return session.rows<{ 'QUERY PLAN': string }>({
        text: `explain select id from payments.payments where tenant_id = $1 and business_unit_id = $2 order by id desc limit 21`,
        values: ['shop', 'north'],
      });
    });
    const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    const scans = plan.match(/Scan Backward using (\S+)|Scan .*/g) ?? [];
    expect(scans.length).toBeGreaterThan(6);
    expect(scans.filter((scan) => !/Backward using \S+(of_unit|business_unit_id_id_idx)/.test(scan))).toEqual([]);
    expect(plan).not.toMatch(/Sort {2}\(/);
  });
});
