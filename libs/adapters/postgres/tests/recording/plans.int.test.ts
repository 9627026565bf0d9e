import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, type Logger } from '@ferry/kernel';
import { PostgresRecordedPayments } from '@ferry/postgres';
import { aRecording, aReferenceNumber } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Node[];
}

const months = Array.from({ length: 12 }, (_, i) => `2024-${String(i + 1).padStart(2, '0')}`);
const nameOf = (month: string): string => `probe_${month.replace('-', 'm')}`;
const ROWS = 2_000;
const explained = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
};

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

describe.each(postgresServers)('how recorded payments are looked for on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let payments: PostgresRecordedPayments;
  let plans: Node[] = [];

  const logger: Logger = {
    ...silentLogger,
    debug: (_message, fields) => {
      const [, json] = /^duration: .* plan:\n(\{[^]*)$/.exec(String(fields?.said)) ?? [];
      if (json !== undefined) plans.push((JSON.parse(json) as { Plan: Node }).Plan);
    },
  };

  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { poolMax: 1, loggerOf: () => logger });
    for (const [name, value] of Object.entries(explained))
      await database.query(`alter role ferry_app in database ${database.name} set ${name} = '${value}'`);
    for (const [i, month] of months.entries()) {
      const end = months[i + 1] ?? '2025-01';
      await database.query(
        `create table recording.${nameOf(month)} partition of recording.payments for values from ('${month}-01') to ('${end}-01')`,
      );
    }
    await database.query(
      `insert into recording.payments select 'default', gen_random_uuid(), 'default', 'old-' || m || '-' || n, 'l', 'c', 1, 'EUR',
         (m || '-02')::timestamptz, null, 'webhook', '{}', '2024-01-01' from unnest($1::text[]) m, generate_series(1, ${ROWS}) n`,
      [months],
    );
    await database.query(`analyze recording.payments`);
    await database.query(
      `insert into recording.forgotten_references
         select tenant_id, substr(sha256(convert_to(reference_number, 'UTF8')), 1, 8), payment_date from recording.payments`,
    );
    payments = new PostgresRecordedPayments(database.app);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  const looksInto = (): Node[] => {
    const nodes = plans.flatMap(nodesOf);
    plans = [];
    return nodes.filter(
      (node) =>
        (node['Relation Name'] ?? '').startsWith('probe_') &&
        node['Node Type'] !== 'ModifyTable' &&
        node['Actual Loops'] > 0,
    );
  };
  const expectProbe = (nodes: readonly Node[], month: string): void => {
    expect([...new Set(nodes.map((node) => node['Relation Name'] ?? ''))]).toEqual([nameOf(month)]);
    for (const node of nodes) expect(node['Node Type']).toMatch(/Index/);
  };

  // More often than the server plans a statement anew before it keeps the plan.
  const TIMES = 12;

  test('what is new is looked for in no month, however often it is planned', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const createdAt = new Date();
      const batch = Array.from({ length: 100 }, () => aRecording({ createdAt, referenceNumber: aReferenceNumber() }));
      plans = [];
      await payments.record('default', batch);
      await payments.holders('default', [aReferenceNumber()]);
      expect(looksInto()).toEqual([]);
    }
  });

  test('what comes again is looked for by an index of its month', async () => {
    for (let time = 1; time <= TIMES; time += 1) {
      plans = [];
      const [outcome] = await payments.record('default', [aRecording({ referenceNumber: `old-2024-03-${time}` })]);
      expect(outcome).toMatchObject({ outcome: 'duplicate' });
      expectProbe(looksInto(), '2024-03');
    }
  });

  test('so does the look for holders', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      plans = [];
      const [held, ...none] = await payments.holders('default', ['old-2024-05-7', ...months]);
      expect(held).toBeDefined();
      expect(none.filter((one) => one !== undefined)).toEqual([]);
      expectProbe(looksInto(), '2024-05');
    }
  });

  test('the payments of a unit that has few are found by its index', async () => {
    plans = [];
    expect(await payments.list('default', { businessUnitId: 'few', limit: 10 })).toEqual([]);
    const nodes = looksInto();
    expect(new Set(nodes.map((node) => node['Relation Name'])).size).toBe(months.length);
    for (const node of nodes) expect(node['Index Name']).toMatch(/business_unit_id/);
  });
});
