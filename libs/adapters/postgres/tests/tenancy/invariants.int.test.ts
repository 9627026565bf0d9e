import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, systemClock } from '@ferry/kernel';
import {
  PostgresAuditChain,
  PostgresTenantRepository,
  PostgresUnchainedTenants,
  verifyInvariants,
} from '@ferry/postgres';
import { ChainAudit, ChangeTenantStatus, OnboardTenant } from '@ferry/tenancy';
import { somebody } from '@ferry/tenancy/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';

/** What `ferry verify` promises to notice about tenants, each broken on purpose by the administrator. */
describe.each(postgresServers)('invariants of tenancy on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    const telling = { clock: systemClock, newId };
    const tenants = new PostgresTenantRepository(database.app);
    await new OnboardTenant(tenants, telling).execute('shop', 'Shop', somebody);
    const status = new ChangeTenantStatus(tenants, telling);
    for (const one of ['SUSPENDED', 'ACTIVE'] as const) await status.execute('shop', one, somebody);
    await new ChainAudit(new PostgresUnchainedTenants(database.sweeper), new PostgresAuditChain(database.app)).run();
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  const found = () => verifyInvariants(database.app, database.sweeper);
  const broken = async () =>
    (await found()).filter((one) => one.broken > 0).map(({ name, examples }) => [name, ...examples]);

  test('hold for what Ferry writes, chained and unchained', async () => {
    expect(await broken()).toEqual([]);
    const checked = Object.fromEntries((await found()).map((one) => [one.name, one.checked]));
    // default, shop and their twins; two entries for each twin made or changed, one more for the key.
    expect(checked).toMatchObject({ 'tenants-consistent': 4, 'audit-proven': 7 });
  });

  const anEntry = `(select audit_id from tenancy.tenant_audit_chain where tenant_id = 'shop' and sequence = 2)`;
  test.each([
    [
      'an altered entry',
      `update tenancy.tenant_audit_log set subject = subject || '!' where id = ${anEntry}`,
      `update tenancy.tenant_audit_log set subject = rtrim(subject, '!') where id = ${anEntry}`,
      ['audit-proven', 'shop 2: entry altered'],
    ],
    [
      'an altered time',
      `update tenancy.tenant_audit_log set at = at + interval '1 ms' where id = ${anEntry}`,
      `update tenancy.tenant_audit_log set at = at - interval '1 ms' where id = ${anEntry}`,
      ['audit-proven', 'shop 2: entry altered'],
    ],
    [
      'an entry slipped in',
      `insert into tenancy.tenant_audit_log values ('shop', payments.first_id_at(now()), now(), 'system', 'x', 'x', 'x')`,
      `delete from tenancy.tenant_audit_log where subject = 'x'`,
      ['audit-proven', 'shop: 1 entries outside the chain'],
    ],
    [
      'a link taken out',
      `update tenancy.tenant_audit_chain set sequence = 9 where tenant_id = 'shop' and sequence = 4`,
      `update tenancy.tenant_audit_chain set sequence = 4 where tenant_id = 'shop' and sequence = 9`,
      ['audit-proven', 'shop 9: link missing before'],
    ],
    [
      'a tenant without its row',
      `insert into tenancy.tenant_home values ('ghost', now())`,
      `delete from tenancy.tenant_home where tenant_id = 'ghost'`,
      ['tenants-consistent', 'ghost'],
    ],
    [
      'a twin that has another twin',
      `update tenancy.tenants set twin_id = 'default' where tenant_id = 'shop-test'`,
      `update tenancy.tenants set twin_id = 'shop' where tenant_id = 'shop-test'`,
      ['tenants-consistent', 'shop', 'shop-test'],
    ],
  ])('%s is noticed', async (_what, harm, mend, expected) => {
    await database.query(harm);
    expect(await broken()).toEqual([expected]);
    await database.query(mend);
    expect(await broken()).toEqual([]);
  });
});
