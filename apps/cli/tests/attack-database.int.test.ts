import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../../../tests/harness/postgres.js';
import { attackDatabase } from '../src/attack/database/attack-database.js';
import { Findings } from '../src/attack/findings.js';

/** A1 in SQL: every table and view that the catalogue knows, as the apps' login. Then the same on schemas that are wrong. */
describe.each(postgresServers)('the attack on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    await database.addTenant('victim');
    await database.addTenant('thief');
  });
  afterEach(() => database.query('drop schema if exists leaky cascade'));
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  async function attack() {
    const findings = new Findings();
    const belongings = new Map([['name', 'the-name-of-what-is-theirs']]);
    const tenants = { victim: 'victim', attacker: 'thief' };
    const report = await attackDatabase(database.appUrl, tenants, belongings, findings);
    return { report, holes: findings.all };
  }

  test('finds nothing, in all there is', async () => {
    const { report, holes } = await attack();
    expect(holes).toEqual([]);
    const [all] = await database.query<{ count: number }>(
      `select count(*)::int as count from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where relkind in ('r', 'p', 'v', 'm', 'f') and nspname !~ '^pg_' and nspname <> 'information_schema'`,
    );
    expect(report.relations).toBe(all?.count);
    expect(report.statements).toBeGreaterThan(report.relations * 8);
    expect(report.untenanted).toEqual(['public.migrations', 'public.payment_staging', 'recording.dropped_months']);
  });

  const isolated = `alter table leaky.t enable row level security; alter table leaky.t force row level security`;
  const own = `tenant_id = current_setting('app.current_tenant_id', true)`;
  test.each<[string, string, readonly string[]]>([
    [
      'a table without policies',
      `create table leaky.t (tenant_id varchar(20), note text not null); insert into leaky.t values ('victim', 'x');
       grant all on leaky.t to ferry_app`,
      [
        'read as no tenant: 1 row(s)',
        'read all as the empty tenant: 1 row(s)',
        'lock as another tenant: 1 row(s)',
        'insert as another tenant: stopped by null value in column "note"',
        'update as another tenant: 1 row(s)',
        'take over as another tenant: 1 row(s)',
        'delete as another tenant: 1 row(s)',
        'may be truncated',
      ],
    ],
    [
      'a view that sees with the eyes of its owner',
      `create view leaky.t as select * from tenancy.tenants; grant select on leaky.t to ferry_app`,
      ['read as another tenant: 1 row(s)'],
    ],
    [
      'a copy of rows, which knows no policies',
      `create materialized view leaky.t as select * from tenancy.tenants; grant select on leaky.t to ferry_app`,
      ['read as a pattern: 1 row(s)'],
    ],
    [
      'a policy that is a pattern',
      `create table leaky.t (tenant_id varchar(20)); insert into leaky.t values ('victim'); ${isolated};
       create policy p on leaky.t using (tenant_id like current_setting('app.current_tenant_id', true));
       grant select on leaky.t to ferry_app`,
      ['read as a pattern: 1 row(s)'],
    ],
    [
      'a policy that does not look at letters',
      `create table leaky.t (tenant_id varchar(20)); insert into leaky.t values ('victim'); ${isolated};
       create policy p on leaky.t using (lower(tenant_id) = lower(current_setting('app.current_tenant_id', true)));
       grant select on leaky.t to ferry_app`,
      ['read as the victim in other letters: 1 row(s)'],
    ],
    [
      'a policy that lets anybody write',
      `create table leaky.t (tenant_id varchar(20)); ${isolated};
       create policy reading on leaky.t for select using (${own});
       create policy writing on leaky.t for insert with check (true); grant select, insert on leaky.t to ferry_app`,
      ['insert as no tenant: 1 row(s)'],
    ],
    [
      'a policy that lets rows be given away',
      `create table leaky.t (tenant_id varchar(20)); insert into leaky.t values ('thief'); ${isolated};
       create policy p on leaky.t using (${own}) with check (true); grant select, update on leaky.t to ferry_app`,
      ['give away as another tenant: 1 row(s)'],
    ],
    [
      'policies of which only the one for reading holds',
      `create table leaky.t (tenant_id varchar(20), note text not null); insert into leaky.t values ('victim', 'x'); ${isolated};
       create policy p on leaky.t for select using (${own}); create policy q on leaky.t for delete using (true);
       create policy r on leaky.t for update using (true); grant select, delete, update (note) on leaky.t to ferry_app`,
      ['delete all as no tenant: 1 row(s)', 'update all as a pattern: stopped by null value'],
    ],
    [
      'a table without tenants that tells of them',
      `create table leaky.t as select 'the-name-of-what-is-theirs' as note; grant select on leaky.t to ferry_app`,
      ['has no tenant_id, and tells'],
    ],
  ])('finds %s', async (_what, made, found) => {
    await database.query(`create schema leaky; grant usage on schema leaky to ferry_app; ${made}`);
    const { holes } = await attack();
    for (const hole of found) expect(holes).toContainEqual(expect.stringContaining(`leaky.t: ${hole}`));
  });

  test('says so when the tenants are not of this database', async () => {
    const findings = new Findings();
    await attackDatabase(database.appUrl, { victim: 'nobody', attacker: 'thief' }, new Map(), findings);
    expect(findings.all).toContainEqual(expect.stringContaining('knows no tenant nobody'));
  });
});
