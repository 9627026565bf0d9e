import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { firstIdAt, newId } from '@ferry/kernel';
import {
  PostgresAuditChain,
  PostgresMaintenance,
  PostgresTenantConfigs,
  PostgresTenantRepository,
  verifyInvariants,
} from '@ferry/postgres';
import { chain, defaultConfig, verifyAudit, type AuditEntry } from '@ferry/tenancy';
import { anEntry, newTenant } from '@ferry/tenancy/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';

const KEPT_DAYS = 2_555;
const days = (count: number): number => count * 86_400_000;

/** What becomes of the audit log in the course of the years. Nobody can wait for them, so entries are dated back. */
describe.each(postgresServers)('months of the audit log on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let maintenance: PostgresMaintenance;
  let audit: PostgresAuditChain;
  let tenantId: string;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    maintenance = new PostgresMaintenance(database.app, database.sweeper);
    audit = new PostgresAuditChain(database.app);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    const tenants = new PostgresTenantRepository(database.app);
    ({ id: tenantId } = await newTenant({ tenants }));
  });
  const at = (time: string): AuditEntry => {
    const date = new Date(time);
    return anEntry(tenantId, { id: firstIdAt(date).slice(0, 14) + newId().slice(14), at: date });
  };
  let units = 0;
  /** Told and chained together, so that the order of calls is that of the chain. */
  const told = async (...entries: AuditEntry[]): Promise<void> => {
    const unit = { tenantId, id: `u${(units += 1)}`, name: 'Unit', createdAt: new Date() };
    await new PostgresTenantRepository(database.app).addUnit(unit, entries);
    while ((await audit.extendChain(tenantId, 100, chain)) > 0);
  };
  const sequences = async (): Promise<(number | string)[]> =>
    (await audit.readChain(tenantId, 100)).map(({ link, entry }) =>
      typeof entry === 'object' ? link.sequence : `${link.sequence} ${entry ?? 'missing'}`,
    );
  const partitions = async (): Promise<string[]> =>
    (
      await database.query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'tenancy.tenant_audit_log'::regclass order by 1`,
      )
    ).map(({ name }) => name.replace('tenancy.tenant_audit_log_', ''));
  const drop = (now = new Date(), kept = KEPT_DAYS): Promise<number> => maintenance.dropAudit(now, kept);

  test('are made ahead of the clock, once', async () => {
    const now = new Date('2031-11-15T00:00:00Z');
    expect(await maintenance.makePartitions(now)).toBeGreaterThan(0);
    expect(await maintenance.makePartitions(now)).toBe(0);
    expect(await partitions()).toEqual(expect.arrayContaining(['y2031m11', 'y2031m12', 'y2032m01', 'y2032m02']));
    await told(at('2031-11-30T23:59:59.999Z'), at('2031-12-01T00:00:00Z'));
    expect(
      (await database.query<{ count: number }>('select count(*)::int from tenancy.tenant_audit_log_y2031m12'))[0],
    ).toEqual({ count: 1 });
    expect(await maintenance.countStrays()).toBe(0);
  });

  test('are dropped when their time is over, and what is left is proven', async () => {
    await maintenance.makePartitions(new Date('2016-01-15T00:00:00Z'));
    await told(at('2016-01-10T00:00:00Z'), at('2016-02-10T00:00:00Z'));
    await told(at(new Date().toISOString()));
    expect(await drop()).toBe(4);
    expect(await drop()).toBe(0);
    expect(await partitions()).not.toContain('y2016m01');
    expect(await sequences()).toEqual([3]);
    expect(await verifyAudit(audit, tenantId)).toMatchObject({ checked: 1, faults: [] });
  });

  test('of a tenant of which all was dropped, the last link stays, and the next entry follows it', async () => {
    await maintenance.makePartitions(new Date('2016-01-15T00:00:00Z'));
    await told(at('2016-01-10T00:00:00Z'), at('2016-02-10T00:00:00Z'));
    await drop();
    expect(await sequences()).toEqual(['2 dropped']);
    await told(at(new Date().toISOString()));
    expect(await sequences()).toEqual(['2 dropped', 3]);
    expect(await verifyAudit(audit, tenantId)).toMatchObject({ checked: 2, faults: [] });
  });

  test('an entry that came late and was dropped leaves its link in the middle', async () => {
    await maintenance.makePartitions(new Date('2016-01-15T00:00:00Z'));
    await told(at('2016-01-31T23:59:59Z'));
    await told(at(new Date().toISOString()));
    await told(at('2016-01-31T23:59:59Z'));
    await told(at(new Date().toISOString()));
    await drop();
    expect(await sequences()).toEqual([2, '3 dropped', 4]);
    expect(await verifyAudit(audit, tenantId)).toMatchObject({ checked: 3, faults: [] });
    await database.query(
      `delete from tenancy.tenant_audit_log where id = (select audit_id from tenancy.tenant_audit_chain where tenant_id = $1 and sequence = 4)`,
      [tenantId],
    );
    expect((await verifyAudit(audit, tenantId)).faults).toEqual([`${tenantId} 4: entry missing`]);
    await database.query('delete from tenancy.tenant_audit_chain where tenant_id = $1 and sequence = 4', [tenantId]);
  });

  test('are kept for as long as the tenant wants that wants it longest, whatever a clock or a setting says', async () => {
    await maintenance.makePartitions(new Date('2016-01-15T00:00:00Z'));
    const configs = new PostgresTenantConfigs(database.app);
    const keep = (auditDays: number, version: number) =>
      configs.save(tenantId, { config: { ...defaultConfig, retention: { auditDays } }, version }, new Date(), []);
    await keep(36_500, 1);
    expect(await drop()).toBe(0);
    // Whatever version there ever was counts: a promise is not taken back by a change.
    await keep(KEPT_DAYS, 2);
    expect(await drop()).toBe(0);
    await database.query('delete from tenancy.tenant_configs where tenant_id = $1', [tenantId]);
    await expect(drop(new Date(), 364)).rejects.toThrow(/365 days/);
    const ahead = new Date(Date.now() + days(36_500));
    expect(await drop(ahead)).toBe(4);
    expect(await partitions()).toContain('y2031m11');
  });

  test('an entry of a time that has no month is caught, told of, chained, and never dropped', async () => {
    const [past, future] = [at('1970-01-02T00:00:00Z'), at('2999-01-01T00:00:00Z')];
    await told(past, future);
    await maintenance.makePartitions(new Date('2016-01-15T00:00:00Z'));
    await told(at('2016-01-10T00:00:00Z'), at(new Date().toISOString()));
    expect(await maintenance.countStrays()).toBe(2);
    await drop();
    expect(await sequences()).toEqual([1, 2, '3 dropped', 4]);
    expect(await verifyAudit(audit, tenantId)).toMatchObject({ checked: 4, faults: [] });
    const broken = (await verifyInvariants(database.app, database.sweeper)).filter((one) => one.broken > 0);
    expect(broken.map(({ name }) => name)).toEqual(['no-strays']);
    await database.query('delete from tenancy.tenant_audit_log_default');
    await database.query('delete from tenancy.tenant_audit_chain where tenant_id = $1', [tenantId]);
  });
});
