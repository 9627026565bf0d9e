import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../harness/ferry.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/how-to/stage-payments.md'), 'utf8');
const blocks = [...page.matchAll(/```(bash|sql)\n([\s\S]*?)```/g)].map(([, kind, text = '']) => ({ kind, text }));

let server: TestServer;
let database: TestDatabase;
let environment: Record<string, string>;
beforeAll(async () => {
  server = await (postgresServers[0] as (typeof postgresServers)[number])[1]();
  database = await makeDatabase(server);
  environment = { DATABASE_URL: database.appUrl, DATABASE_SWEEPER_URL: database.sweeperUrl };
  const { code, output } = await runCommand(['tenants', 'create', 'shop'], environment);
  expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
});
afterAll(async () => {
  await database?.query('drop role if exists shop_etl');
  await database?.close();
  await server?.close();
});

/** What the n-th block of the page prints or answers. */
async function run(n: number): Promise<string> {
  const { kind, text } = blocks[n] as (typeof blocks)[number];
  if (kind === 'sql') return JSON.stringify(await database.query(text));
  let printed = '';
  for (const line of text.trim().split('\n')) {
    const { code, output } = await runCommand(line.split(' ').slice(1), environment);
    expect({ line, code, output }).toEqual({ line, code: 0, output });
    printed += `${output}\n`;
  }
  return printed;
}

test('the commands of docs/how-to/stage-payments.md do what the page says', async () => {
  expect(blocks.map(({ kind }) => kind)).toEqual(['bash', 'sql', 'sql', 'bash', 'sql', 'bash', 'bash', 'sql']);
  expect(await run(0)).toMatch(/public.payment_staging +shop +default +XAF +Africa\/Douala +yes/);
  await run(1);
  await run(2);
  expect(await run(3)).toMatch(/staging is done[^]*staging public.payment_staging +shop +done/);
  expect(JSON.parse(await run(4))).toEqual([
    { total_records: 4, processed_records: 2, duplicate_records: 1, error_records: 1 },
  ]);
  expect(await run(5)).toMatch(/public.payment_staging {2}4 {2}1 {2}\S+ {2}amount must be positive/);
  await database.query('update payment_staging set amount = 7 where id = 4');
  expect(await run(6)).toMatch(/1 row\(s\)/);
  await run(3);
  expect(
    await database.query(
      `select reference_number, amount_minor, currency, payment_date from recording.payments order by reference_number`,
    ),
  ).toEqual([
    { reference_number: 'FT-1', amount_minor: '1500', currency: 'XAF', payment_date: new Date('2026-02-28T08:30:00Z') },
    { reference_number: 'FT-2', amount_minor: '9950', currency: 'EUR', payment_date: new Date('2026-02-28T08:31:00Z') },
    { reference_number: 'FT-3', amount_minor: '7', currency: 'XAF', payment_date: new Date('2026-02-28T08:32:00Z') },
  ]);
  await run(7);
});

test('what operators did is in the audit log', async () => {
  for (const change of ['disable', 'enable'])
    await runCommand(['staging', 'sources', change, 'shop', 'public.payment_staging'], environment);
  const told = await database.query(
    `select action, actor_kind, before_value, after_value from tenancy.tenant_audit_log
     where tenant_id = 'shop' and subject = 'public.payment_staging' order by id`,
  );
  const operator = { actor_kind: 'operator', before_value: null };
  expect(told).toEqual([
    {
      ...operator,
      action: 'staging.source-added',
      after_value: '{"business_unit_id":"default","currency":"XAF","time_zone":"Africa/Douala"}',
    },
    { ...operator, action: 'staging.retried', after_value: '{"rows":1,"row_ids":["4"]}' },
    { ...operator, action: 'staging.source-disabled', after_value: null },
    { ...operator, action: 'staging.source-enabled', after_value: null },
  ]);
});

test('what cannot be done is said', async () => {
  const refused = async (...command: string[]): Promise<string> => {
    const { code, output } = await runCommand(command, environment);
    expect({ command, code, output }).toEqual({ command, code: 1, output });
    return output;
  };
  const add = ['staging', 'sources', 'add', 'shop'] as const;
  expect(await refused(...add, 'public.payment_staging', '--currency', 'EUR')).toMatch(/is a source already/);
  expect(await refused(...add, 'etl.market_payments', '--currency', 'EUR', '--unit', 'moon')).toMatch(
    /no business unit/,
  );
  expect(await refused(...add, 'public.migrations', '--currency', 'EUR')).toMatch(/cannot be drained: its column/);
  expect(await refused('staging', 'sources', 'enable', 'shop', 'public.nothing')).toMatch(/is no source of shop/);
  expect(await refused('jobs', 'run', 'nothing')).toMatch(/there is no job nothing: staging, /);
  const wrong = await runCommand([...add, 'etl.market_payments', '--currency', 'ZZZ'], environment);
  expect(wrong).toMatchObject({ code: 2 });
  const late = await runCommand(
    [...add, 'etl.market_payments', '--currency', 'EUR', '--time-zone', 'Moon'],
    environment,
  );
  expect(late).toMatchObject({ code: 2 });
  const many = Array.from({ length: 1_001 }, (_, i) => i).join();
  const tooMany = await runCommand(['staging', 'retry', 'shop', 'public.payment_staging', '--rows', many], environment);
  expect(tooMany).toMatchObject({ code: 2, output: expect.stringContaining('at most 1000 ids') });
});
