import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrationNames } from '@ferry/migrations';
import { checkSchema, PostgresJobLeases, PostgresMaintenance, verifyInvariants, type Database } from '@ferry/postgres';
import { jobLeasesContract } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { paymentContracts } from '../contracts.js';
import { channelContracts } from '../recording/channel-contracts.js';
import { recordingContracts } from '../recording/contracts.js';
import { figuresContracts } from '../recording/figures-contracts.js';
import { stagingContracts } from '../recording/staging-contracts.js';
import { tenancyContracts } from '../tenancy/contracts.js';
import { askedForTheTenant, sweeperStatements } from './exceptions.js';
import { bodyParts, neverRun, neverRunInside, sqlLiterals } from './sources.js';
import { Watch, type Finding } from './watch.js';

const sources = `${import.meta.dirname}/../../src/**/*.ts`;

/**
 * Every statement says of which tenant it wants rows, whatever the policies add. All contracts are run with the policies open: so the
 * statements alone keep tenants apart here, and the server tells of each how it was planned.
 */
describe.each(postgresServers)('statements on %s', (_name, start) => {
  const watch = new Watch();
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { loggerOf: (login) => watch.loggerOf(login) });
    await watch.begin(database);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  paymentContracts(() => database);
  tenancyContracts(() => database);
  recordingContracts(() => database);
  figuresContracts(() => database);
  stagingContracts(() => database);
  jobLeasesContract('PostgresJobLeases', async () => new PostgresJobLeases(database.app, database.sweeper));
  channelContracts(() => database);

  test('what no contract asks for is run too', async () => {
    const { app, sweeper } = database;
    const maintenance = new PostgresMaintenance(app, sweeper);
    await maintenance.makePartitions(new Date());
    await maintenance.countStrays();
    await maintenance.countAttention(1);
    await sweeper.transaction((session) =>
      session.query({ text: `select tenancy.make_audit_partitions('2016-01-15', 0)` }),
    );
    expect(await maintenance.dropAudit(new Date(), 2_555)).toBe(1);
    await database.query(
      `insert into payments.idempotency_keys values ('default', 'old', '', gen_random_uuid(), '', now() - interval '1 day')`,
    );
    expect(await maintenance.forgetExpiredKeys(new Date())).toBeGreaterThan(0);
    await checkSchema(app, migrationNames);
    await verifyInvariants(app, sweeper);
  }, 120_000);

  test('every statement names its tenant, or is one of the few of the sweeper', () => {
    const findings = watch.take();
    const beginnings = Object.keys(sweeperStatements);
    const used = new Set<string>();
    const faults = findings.filter(({ login, text, tables }) => {
      const beginning = beginnings.find((one) => login === 'ferry_sweeper' && text.startsWith(one));
      if (beginning) used.add(beginning);
      return !beginning && tables.some((table) => login === 'ferry_sweeper' || !askedForTheTenant.includes(table));
    });
    expect(faults).toEqual([]);
    expect([...used].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(beginnings.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  const tenantTables = async (): Promise<ReadonlySet<string>> => {
    const rows = await database.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname in ('payments', 'messaging', 'tenancy', 'recording')`,
    );
    return new Set(rows.map(({ name }) => name));
  };

  test('no statement of the sources was left out', async () => {
    const literals = sqlLiterals(sources, await tenantTables());
    expect(literals.length).toBeGreaterThan(50);
    expect(neverRun(literals, watch.texts)).toEqual([]);
    const added = { file: 'new.ts', pieces: ['select * from payments.payments', 'limit 7'] };
    expect(neverRun([added], watch.texts)).toEqual(['new.ts: select * from payments.payments ... limit 7']);
  });

  test('no statement inside of a function was left out', async () => {
    const tables = await tenantTables();
    const bodies = await database.query<{ prosrc: string }>(
      `select prosrc from pg_proc where pronamespace::regnamespace::text in ('payments', 'messaging', 'tenancy', 'recording')`,
    );
    const parts = bodies.flatMap(({ prosrc }) => bodyParts(prosrc, tables));
    expect(parts.length).toBeGreaterThan(15);
    expect(neverRunInside(parts, watch.texts, tables)).toEqual([]);
    const added = bodyParts('begin if a then delete from messaging.outbox; end if; end', tables);
    expect(neverRunInside(added, watch.texts, tables)).toEqual(['delete from messaging.outbox']);
  });

  describe('a careless one is found:', () => {
    const found = async (login: Database, text: string, values: unknown[] = []): Promise<readonly string[]> => {
      watch.take();
      await login.transaction((session) => session.query({ text, values }));
      const findings: readonly Finding[] = watch.take();
      return [
        ...new Set(findings.flatMap(({ tables }) => tables.map((table) => table.replace(/_(default|y\d+m\d+)$/, '')))),
      ];
    };

    test.each<[text: string, values: unknown[], tables: readonly string[]]>([
      ['select status from payments.payments where id = $1', [crypto.randomUUID()], ['payments.payments']],
      ['select status from payments.payments where tenant_id = any($1)', [['a', 'b']], ['payments.payments']],
      [`select 1 from messaging.relay_leases where tenant_id = $1 or holder = 'x'`, ['a'], ['messaging.relay_leases']],
      [`update messaging.relay_leases set holder = 'x' where holder = $1`, ['x'], ['messaging.relay_leases']],
      ['delete from payments.idempotency_keys where expires_at < $1', [new Date(0)], ['payments.idempotency_keys']],
      [
        'delete from messaging.outbox o using payments.payment_references r where r.tenant_id = $1 and o.aggregate_id = r.payment_id',
        ['a'],
        ['messaging.outbox'],
      ],
      [
        'insert into messaging.parked_aggregates select tenant_id, payment_id, $1, now() from payments.payment_references',
        ['x'],
        ['payments.payment_references'],
      ],
      ['select (select count(*) from tenancy.tenants), $1::text', ['a'], ['tenancy.tenants']],
    ])('%s', async (text, values, tables) => {
      expect(await found(database.app, text, values)).toEqual(tables);
    });

    test('inside of a function', async () => {
      await database.query(`create function payments.careless(p_tenant varchar) returns bigint language plpgsql as
        $$ begin return (select count(*) from messaging.outbox); end $$`);
      expect(await found(database.app, 'select payments.careless($1)', ['a'])).toEqual(['messaging.outbox']);
    });

    test('and one that names its tenant is not', async () => {
      const text = `select from messaging.outbox o join payments.payments p on p.tenant_id = o.tenant_id and p.id = o.aggregate_id
        where o.tenant_id = $1 and exists (select from tenancy.tenants t where t.tenant_id = p.tenant_id)`;
      expect(await found(database.app, text, ['a'])).toEqual([]);
    });
  });
});
