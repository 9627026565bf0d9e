import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrationNames, roles } from '@ferry/migrations';
import { checkSchema, Database } from '@ferry/postgres';
import { silentLogger, silentMeter } from '@ferry/kernel';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';

/** A server that the machine has paused is slow here, and not away. */
const awayAfterMs = 60_000;

const tenantTables = [
  'messaging.outbox',
  'messaging.parked_aggregates',
  'messaging.relay_leases',
  'payments.idempotency_keys',
  'payments.payment_history',
  'payments.payment_references',
  'payments.payments',
  'recording.channels',
  'recording.forgotten_references',
  'recording.job_leases',
  'recording.payment_references',
  'recording.payments',
  'recording.rejected_webhooks',
  'recording.staging_errors',
  'recording.staging_process_log',
  'recording.staging_sources',
  'recording.staging_standing',
  'recording.webhook_counts',
  'tenancy.business_units',
  'tenancy.key_directory',
  'tenancy.tenant_api_keys',
  'tenancy.tenant_audit_chain',
  'tenancy.tenant_audit_log',
  'tenancy.tenant_audit_pending',
  'tenancy.tenant_configs',
  'tenancy.tenant_home',
  'tenancy.tenant_metrics',
  'tenancy.tenant_users',
  'tenancy.tenants',
];

describe.each(postgresServers)('row level security on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    await database.addTenant('other');
    await database.query(
      `insert into payments.payment_references values ('default', 'r', '019aa0e0-0000-7000-8000-000000000001')`,
    );
    await database.query(`insert into messaging.relay_leases values ('default', 'h', now())`);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  test('every table with a tenant_id is in the list of this test, isolated and forced', async () => {
    const rows = await database.query<{ name: string; safe: boolean }>(
      `select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as safe
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([...tenantTables].sort());
    expect(rows.every(({ safe }) => safe)).toBe(true);
  });

  test.each(tenantTables)('without a tenant no row of %s is seen', async (table) => {
    const seen = await database.app.transaction((session) => session.rows({ text: `select 1 from ${table}` }));
    expect(seen).toEqual([]);
  });

  test('rows are seen by their own tenant alone', async () => {
    const count = (tenant: string): Promise<unknown[]> =>
      database.app.tenant(tenant, (session) => session.rows({ text: 'select 1 from payments.payment_references' }));
    expect(await count('default')).toHaveLength(1);
    expect(await count('other')).toHaveLength(0);
  });

  test('without a tenant, and for another tenant, no row is written', async () => {
    const insert = { text: `insert into payments.payment_references values ('default', 'x', gen_random_uuid())` };
    await expect(database.app.transaction((session) => session.query(insert))).rejects.toMatchObject({ code: '42501' });
    await expect(database.app.tenant('other', (session) => session.query(insert))).rejects.toMatchObject({
      code: '42501',
    });
    await expect(
      database.app.transaction(
        async (session) => (await session.query({ text: `delete from messaging.outbox` })).rowCount,
      ),
    ).resolves.toBe(0);
  });

  test('the tenant does not leak to the next transaction of the connection', async () => {
    const options = { url: database.appUrl, poolMax: 1, applicationName: 'leak', awayAfterMs };
    const one = new Database(options, silentLogger, silentMeter);
    try {
      await one.tenant('default', (session) => session.rows({ text: 'select 1' }));
      expect(
        await one.transaction((session) => session.rows({ text: 'select 1 from payments.payment_references' })),
      ).toEqual([]);
    } finally {
      await one.close();
    }
  });

  test('the roles that log in own nothing, bypass nothing and reach no partition', async () => {
    const [role] = await database.query(
      `select bool_or(rolsuper or rolbypassrls or rolcreaterole or rolcreatedb) as mighty,
         (select count(*)::int from pg_class where relowner in (select oid from pg_roles where rolname = any($1))) as owned
       from pg_roles where rolname = any($1)`,
      [[roles.app, roles.sweeper]],
    );
    expect(role).toEqual({ mighty: false, owned: 0 });
    const partitions = await database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent::regclass::text ~ '^(payments|tenancy|recording)[.]'
       and inhrelid::regclass::text not like '%_pk%' and (select relkind from pg_class where oid = inhrelid) = 'r'`,
    );
    expect(partitions.length).toBeGreaterThan(13);
    for (const { name } of partitions)
      for (const database_ of [database.app, database.sweeper])
        await expect(
          database_.transaction((session) => session.rows({ text: `select 1 from ${name}` })),
        ).rejects.toMatchObject({
          code: '42501',
        });
  });

  test('the app can neither rewrite history nor change what the client asked for', async () => {
    for (const text of [
      `update payments.payment_history set reason = 'x'`,
      `delete from payments.payment_history`,
      `update payments.payments set amount_minor = 1`,
      `delete from payments.payments`,
      `truncate messaging.outbox`,
      `create table payments.mine (id int)`,
      `set role ferry_owner`,
    ])
      await expect(database.app.tenant('default', (session) => session.query({ text }))).rejects.toMatchObject({
        code: '42501',
      });
  });

  test('the sweeper sees candidates of all tenants, no business data, and writes nothing', async () => {
    await database.sweeper.transaction((session) =>
      session.rows({ text: 'select tenant_id, id from payments.payments' }),
    );
    for (const text of [
      `select amount_minor from payments.payments`,
      `select payload from messaging.outbox`,
      `update payments.payments set sweep_at = null`,
      `delete from messaging.outbox`,
    ])
      await expect(database.sweeper.transaction((session) => session.query({ text }))).rejects.toMatchObject({
        code: '42501',
      });
  });

  test('a program refuses a login that bypasses row level security, and a schema it does not know', async () => {
    const admin = new Database(
      { url: database.adminUrl, poolMax: 1, applicationName: 'admin', awayAfterMs },
      silentLogger,
      silentMeter,
    );
    try {
      await expect(checkSchema(admin, migrationNames)).rejects.toThrow(/bypasses row level security/);
      await expect(checkSchema(database.app, migrationNames)).resolves.toBeUndefined();
      await expect(checkSchema(database.app, [...migrationNames, 'Next1'])).rejects.toThrow(
        /lacks Next1.*ferry migrate/,
      );
      await expect(checkSchema(database.app, migrationNames.slice(0, -1))).rejects.toThrow(/newer than this program/);
    } finally {
      await admin.close();
    }
  });

  test('a program refuses a login that may hold its rows for ever', async () => {
    const alter = (what: string): Promise<unknown> =>
      database.query(`alter role ferry_app in database ${database.name} ${what}`);
    await alter('reset lock_timeout');
    const endless = new Database(
      { url: database.appUrl, poolMax: 1, applicationName: 'endless', awayAfterMs },
      silentLogger,
      silentMeter,
    );
    try {
      await expect(checkSchema(endless, migrationNames)).rejects.toThrow(
        /"ferry_app" has no lock_timeout.*ferry migrate/,
      );
    } finally {
      await endless.close();
      await alter(`set lock_timeout = '3s'`);
    }
  });
});
