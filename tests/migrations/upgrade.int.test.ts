import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { migrationNames } from '@ferry/migrations';
import { wholeTenant } from '@ferry/payments';
import { anAddition } from '@ferry/payments/testing';
import {
  checkSchema,
  PostgresDuePayments,
  PostgresOutbox,
  PostgresPaymentRepository,
  PostgresTenantDirectory,
  PostgresTenantRepository,
  verifyInvariants,
} from '@ferry/postgres';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';
import { fill, oldTenants, RELEASED, type OldPayment } from './schema-6.js';

type Rows = Readonly<Record<string, readonly string[]>>;

/** A database that an old version has used, brought up to date beside its data. */
describe.each(postgresServers)('an upgrade on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let payments: readonly OldPayment[];
  let tables: readonly { name: string; columns: string }[];
  let before: Rows;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { upTo: RELEASED });
    payments = await fill(database);
    tables = await database.query(
      `select table_schema || '.' || table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
       from information_schema.columns join pg_class c on c.oid = (table_schema || '.' || table_name)::regclass and not c.relispartition
       where table_schema in ('payments', 'messaging', 'tenancy') group by 1 order by 1`,
    );
    before = await everything();
    expect(await database.migrate()).toEqual(migrationNames.slice(RELEASED));
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  /** Every row of every table that the old version knew, as it knew it. */
  async function everything(): Promise<Rows> {
    const rows: Record<string, readonly string[]> = {};
    for (const { name, columns } of tables) {
      const found = await database.query<{ row: string }>(
        `select to_json(r)::text as row from (select ${columns} from ${name}) r order by 1`,
      );
      rows[name] = found.map(({ row }) => row);
    }
    return rows;
  }
  const inState = (state: OldPayment['state']): OldPayment[] => payments.filter((payment) => payment.state === state);

  test('every row is still there, as it was, and none was added but the twin of the default tenant', async () => {
    const { 'tenancy.tenant_home': homesBefore, ...restBefore } = before;
    const { 'tenancy.tenant_home': homes, ...rest } = await everything();
    expect(Object.values(restBefore).every((rows) => rows.length > 0)).toBe(true);
    expect(rest).toEqual(restBefore);
    expect(homes).toEqual(expect.arrayContaining([...(homesBefore ?? [])]));
    expect(homes).toHaveLength(oldTenants.length + 1);
  });

  test('the new version knows this schema, and finds it sound', async () => {
    await expect(checkSchema(database.app, migrationNames)).resolves.toBeUndefined();
    const results = await verifyInvariants(database.app, database.sweeper);
    expect(results.filter(({ broken }) => broken > 0)).toEqual([]);
    expect(results.find(({ name }) => name === 'history-complete')).toMatchObject({ checked: payments.length });
  });

  test('who had only a home is a tenant now, active and live', async () => {
    const listed = await new PostgresTenantDirectory(database.sweeper).list(10);
    expect(listed.map(({ id, status, mode, twinId }) => ({ id, status, mode, twinId }))).toEqual([
      { id: 'bank', status: 'ACTIVE', mode: 'live', twinId: undefined },
      { id: 'default', status: 'ACTIVE', mode: 'live', twinId: 'default-test' },
      { id: 'default-test', status: 'ACTIVE', mode: 'test', twinId: 'default' },
      { id: 'shop', status: 'ACTIVE', mode: 'live', twinId: undefined },
    ]);
    const repository = new PostgresTenantRepository(database.app);
    for (const id of oldTenants) expect(await repository.units(id)).toMatchObject([{ id: 'default' }]);
  });

  test('a request that was answered by the old version is answered by the new one, and a reference stays taken', async () => {
    const repository = new PostgresPaymentRepository(database.app, { sweepGraceMs: 0 });
    for (const { tenantId, id, reference } of payments) {
      const record = { key: `key-${reference}`, fingerprint: '07'.repeat(32) };
      expect(await repository.add(tenantId, [anAddition({ tenantId, reference }, record)])).toEqual([
        { outcome: 'replayed', paymentId: id, response: JSON.stringify({ id }) },
      ]);
      expect(await repository.add(tenantId, [anAddition({ tenantId, reference })])).toEqual([
        { outcome: 'duplicate-reference', paymentId: id },
      ]);
    }
  });

  test('what was on its way goes on: due payments are found and settled, events are told', async () => {
    const { app, sweeper } = database;
    const due = [...inState('waiting'), ...inState('leased')];
    const waiting = new PostgresDuePayments(app, sweeper);
    const claimed = [];
    for (const tenantId of await waiting.tenants(100, new Date()))
      claimed.push(...(await waiting.claim(tenantId, 100, new Date(), new Date())));
    expect(new Set(claimed.map(({ paymentId }) => paymentId))).toEqual(new Set(due.map(({ id }) => id)));
    const repository = new PostgresPaymentRepository(app, { sweepGraceMs: 0 });
    for (const { tenantId, id } of due)
      expect(
        await repository.change(wholeTenant(tenantId), [id], (payment) =>
          payment.succeed({ now: new Date(), eventId: newId() }),
        ),
      ).toMatchObject([{ outcome: 'changed' }]);
    const outbox = new PostgresOutbox(app, sweeper);
    for (const tenantId of oldTenants) {
      const told = (await outbox.read(tenantId, 100)).map(({ aggregateId, version }) => `${aggregateId} ${version}`);
      const parked = inState('parked').find((one) => one.tenantId === tenantId);
      expect(told).toContain(`${parked?.id} 1`);
    }
    const results = await verifyInvariants(app, sweeper);
    expect(results.filter(({ broken }) => broken > 0)).toEqual([]);
  });
});
