import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, systemClock } from '@ferry/kernel';
import { PostgresApiKeyRepository, PostgresTenantRepository, type Database } from '@ferry/postgres';
import { ManageKeys, OnboardTenant, operatorGrantor, type MadeKey } from '@ferry/tenancy';
import { somebody } from '@ferry/tenancy/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';

type Session = Parameters<Parameters<Database['transaction']>[0]>[0];

const tables = [
  'tenants',
  'business_units',
  'tenant_users',
  'tenant_configs',
  'tenant_api_keys',
  'tenant_metrics',
  'tenant_audit_log',
  'tenant_audit_chain',
  'tenant_audit_pending',
  'audit_report',
];

describe.each(postgresServers)('the tables of tenancy on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let key: MadeKey;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    const telling = { clock: systemClock, newId };
    const tenants = new PostgresTenantRepository(database.app);
    for (const id of ['a', 'b']) await new OnboardTenant(tenants, telling).execute(id, id, somebody);
    const keys = new ManageKeys(tenants, new PostgresApiKeyRepository(database.app), telling);
    const request = { mode: 'live', name: 'till', scopes: ['payments:read'], allowedRanges: [] } as const;
    key = (await keys.create('a', request, operatorGrantor, somebody)) as MadeKey;
    await database.query(`insert into tenancy.tenant_users values ('a', 'ada', 'admin', null, now(), null)`);
    await database.query(
      `insert into tenancy.tenant_configs values ('a', 'settings', 1, '{}', false, null, now(), null)`,
    );
    await database.query(`insert into tenancy.tenant_metrics values ('a', '2026-01-01', 'payments', '', 1, now())`);
    await database.query(`insert into tenancy.tenant_audit_chain values ('a', 1, $1, '', '')`, [newId()]);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  const count = (tenantId: string, table: string): Promise<number> =>
    database.app.tenant(
      tenantId,
      async (session) => (await session.rows({ text: `select 1 from tenancy.${table} where tenant_id = 'a'` })).length,
    );
  const attempt = (text: string, tenantId = 'b'): Promise<unknown> =>
    database.app.tenant(tenantId, (session) => session.query({ text }));

  test.each(tables)('%s: its tenant sees its rows, another sees none', async (table) => {
    expect(await count('a', table)).toBeGreaterThan(0);
    expect(await count('b', table)).toBe(0);
    const seen = await database.app.transaction((session) => session.rows({ text: `select 1 from tenancy.${table}` }));
    expect(seen).toEqual([]);
  });

  test.each([
    `insert into tenancy.tenants values ('a', 'x', 'ACTIVE', 'live', null, now(), now())`,
    `insert into tenancy.tenant_home values ('c', now())`,
    `insert into tenancy.tenant_users values ('a', 'eve', 'admin', null, now(), null)`,
    `insert into tenancy.tenant_audit_log values ('a', gen_random_uuid(), now(), 'system', 'x', 'x', 'x')`,
    `insert into tenancy.key_directory values ('fk_live_stolen', 'a')`,
  ])('another tenant cannot write: %s', async (text) => {
    await expect(attempt(text)).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    `update tenancy.tenant_audit_log set subject = 'x'`,
    `delete from tenancy.tenant_audit_log`,
    `truncate tenancy.tenant_audit_log`,
    `update tenancy.tenant_audit_chain set hash = 'x'`,
    `delete from tenancy.tenant_audit_chain`,
    `update tenancy.tenant_api_keys set scopes = '{tenants:admin}'`,
    `update tenancy.tenant_api_keys set key_hash = repeat('0', 64)`,
    `update tenancy.tenants set mode = 'live'`,
    `delete from tenancy.tenants`,
    `delete from tenancy.key_directory`,
    `update tenancy.key_directory set tenant_id = 'b'`,
    `select tenancy.drop_audit_partitions(now(), 2555)`,
  ])('nor may the tenant itself: %s', async (text) => {
    await expect(attempt(text, 'a')).rejects.toMatchObject({ code: '42501' });
  });

  test('nobody can list the directory of keys: a row is seen by whoever names it', async () => {
    for (const tenantId of ['a', 'b'])
      expect(
        await database.app.tenant(tenantId, (session) => session.rows({ text: 'select * from tenancy.key_directory' })),
      ).toEqual([]);
    const asked = (prefix: string) =>
      database.app.statement<{ tenant_id: string }>({
        text: 'select * from tenancy.find_keys($1)',
        values: [[prefix]],
      });
    expect((await asked(key.key.prefix)).map(({ tenant_id }) => tenant_id)).toEqual(['a']);
    for (const pattern of ['', '%', 'fk_live_', `${key.key.prefix},`, key.key.prefix.toUpperCase()])
      expect(await asked(pattern)).toEqual([]);
    // Nobody is entered by having asked: nothing is seen afterwards, in the same transaction or the next.
    const after = async (session: Session): Promise<unknown[]> => [
      ...(await session.rows({ text: 'select 1 from tenancy.tenants' })),
      ...(await session.rows({ text: 'select 1 from tenancy.key_directory' })),
    ];
    const inside = await database.app.transaction(async (session) => {
      await session.rows({ text: 'select * from tenancy.find_keys($1)', values: [[key.key.prefix]] });
      return after(session);
    });
    expect(inside).toEqual([]);
    expect(await database.app.transaction(after)).toEqual([]);
    await expect(
      database.sweeper.transaction((session) => session.rows({ text: 'select * from tenancy.key_directory' })),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('the sweeper sees who the tenants are, and nothing of theirs', async () => {
    const rows = await database.sweeper.transaction((session) =>
      session.rows({ text: 'select tenant_id, status from tenancy.tenants order by 1' }),
    );
    expect(rows.length).toBe(6);
    for (const text of [
      'select key_hash from tenancy.tenant_api_keys',
      'select config_value from tenancy.tenant_configs',
      'select subject from tenancy.tenant_audit_log',
      'select subject from tenancy.tenant_users',
      `update tenancy.tenants set status = 'ACTIVE'`,
    ])
      await expect(database.sweeper.transaction((session) => session.query({ text }))).rejects.toMatchObject({
        code: '42501',
      });
  });
});
