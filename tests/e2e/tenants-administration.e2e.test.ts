import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger } from '@ferry/kernel';
import pg from 'pg';
import { runCommand } from '../harness/ferry.js';

type Json = Record<string, unknown>;

/** What operators and auditors do for a tenant at the command line, as processes. */
describe('tenants administered by the command line', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let environment: Record<string, string>;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-administration-'));
    server = await EmbeddedPostgres.start({ directory, database: 'payments', roles: [] }, silentLogger);
    const url = server.url();
    const passwords = { FERRY_APP_PASSWORD: 'app', FERRY_SWEEPER_PASSWORD: 'sweeper' };
    await runCommand(['migrate'], { MIGRATION_DATABASE_URL: url, ...passwords });
    const login = (username: string, password: string): string =>
      Object.assign(new URL(url), { username, password }).toString();
    environment = {
      DATABASE_URL: login('ferry_app', 'app'),
      DATABASE_SWEEPER_URL: login('ferry_sweeper', 'sweeper'),
      FERRY_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    };
    await succeeded(['tenants', 'create', 'shop']);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const ferry = (command: string[], input?: string) => runCommand(command, environment, input);
  const succeeded = async (command: string[], input?: string): Promise<string> => {
    const { code, output } = await ferry(command, input);
    expect({ command, code, output }).toMatchObject({ code: 0 });
    return output;
  };
  const refused = async (command: string[], input?: string): Promise<string> => {
    const { code, output } = await ferry(command, input);
    expect({ command, code, output }).toMatchObject({ code: 1 });
    return output;
  };
  const lines = (output: string): Json[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Json);

  test('a person is let in, changed, let out and listed', async () => {
    await succeeded(['users', 'let-in', 'shop', 'ada', '--role', 'viewer', '--unit', 'default']);
    expect(await refused(['users', 'let-in', 'shop', 'ada', '--role', 'admin'])).toMatch(
      /is let in already: users change/,
    );
    expect(await refused(['users', 'change', 'shop', 'bob', '--role', 'admin'])).toMatch(/is not let in: users let-in/);
    expect(await refused(['users', 'let-in', 'shop', 'bob', '--role', 'viewer', '--unit', 'moon'])).toMatch(/no such/);
    const [changed] = lines(await succeeded(['users', 'change', 'shop', 'ada', '--role', 'operator', '--json']));
    expect(changed).toMatchObject({ subject: 'ada', role: 'operator' });
    expect(changed).not.toHaveProperty('business_unit_id');
    await succeeded(['users', 'let-out', 'shop', 'ada']);
    expect(lines(await succeeded(['users', 'list', 'shop', '--json']))).toMatchObject([
      { tenant_id: 'shop', subject: 'ada', removed_at: expect.any(String) },
    ]);
    expect((await ferry(['users', 'let-in', 'shop', 'ada', '--role', 'owner'])).code).toBe(2);
  }, 120_000);

  test('what `config show` prints can be changed and given back, once', async () => {
    const shown = JSON.parse(await succeeded(['config', 'show', 'shop'])) as { version: number; config: Json };
    expect(shown.version).toBe(0);
    const file = join(directory, 'shop.json');
    writeFileSync(file, JSON.stringify({ ...shown, config: { ...shown.config, currencies: ['XAF'] } }));
    expect(await succeeded(['config', 'set', 'shop', file])).toMatch(/at version 1/);
    expect(await refused(['config', 'set', 'shop', file])).toMatch(/is at version 1, not 0/);
    expect(JSON.parse(await succeeded(['config', 'show', 'shop']))).toMatchObject({ config: { currencies: ['XAF'] } });
    const wrong = JSON.stringify({ version: 1, config: { currencies: ['xaf'], colour: 'red' } });
    expect(await refused(['config', 'set', 'shop', '-'], wrong)).toMatch(/colour is unknown[\s\S]*currencies must be/);
    expect(await refused(['config', 'set', 'shop', '-'], 'no JSON')).toMatch(/not JSON/);
    expect(await refused(['config', 'set', 'shop', join(directory, 'nowhere')])).toMatch(/ENOENT/);
  }, 120_000);

  test('a secret is set, rotated with two valid values, listed and removed, and never seen', async () => {
    const secrets = (command: string[], input?: string): Promise<string> => succeeded(['secrets', ...command], input);
    const said = [
      await secrets(['set', 'shop', 'webhook/orders'], 'whsec_first\n'),
      await secrets(['rotate', 'shop', 'webhook/orders', '--overlap', '1'], 'whsec_second\n'),
      await secrets(['list', 'shop', '--json']),
    ];
    expect(lines(said[2] as string)).toMatchObject([
      { name: 'webhook/orders', expires_at: expect.any(String) },
      { name: 'webhook/orders' },
    ]);
    said.push(await secrets(['set', 'shop', 'webhook/orders'], 'whsec_third'));
    expect(lines(await secrets(['list', 'shop', '--json']))).toHaveLength(1);
    said.push(await secrets(['remove', 'shop', 'webhook/orders']));
    expect(lines(await secrets(['list', 'shop', '--json']))).toEqual([]);
    said.push(await refused(['secrets', 'rotate', 'shop', 'webhook/orders'], 'x'));
    said.push(await succeeded(['audit', 'export', 'shop']));
    expect(said.join()).toContain('secret.removed');
    expect(said.join()).not.toContain('whsec');
    const without = { ...environment, FERRY_ENCRYPTION_KEYS: '' };
    const { code, output } = await runCommand(['secrets', 'set', 'shop', 'webhook/x'], without, 'whsec_fourth');
    expect([code, output]).toEqual([1, expect.stringContaining('FERRY_ENCRYPTION_KEYS is not set')]);
  }, 120_000);

  test('the audit log is exported from one entry to the next, and proven until somebody changes it', async () => {
    const all = lines(await succeeded(['audit', 'export', 'shop']));
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, i) => i + 1));
    expect(all[0]).toMatchObject({ action: 'tenant.created', actor: { kind: 'operator' }, tenant_id: 'shop' });
    const rest = lines(await succeeded(['audit', 'export', 'shop', '--after', '2', '--since', '2000-01-01']));
    expect(rest).toEqual(all.slice(2));
    expect(lines(await succeeded(['audit', 'export', 'shop', '--since', '2100-01-01T00:00:00Z']))).toEqual([]);
    const [verdict] = lines(await succeeded(['audit', 'verify', 'shop', '--json']));
    expect(verdict).toMatchObject({ checked: all.length, faults: [], hash: all.at(-1)?.hash });
    expect(await succeeded(['audit', 'verify'])).toMatch(/shop: \d+ entries proven[\s\S]*shop-test: /);
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      const at = 'where id = (select audit_id from tenancy.tenant_audit_chain where tenant_id = $1 and sequence = 2)';
      await client.query(`update tenancy.tenant_audit_log set actor_id = actor_id || '!' ${at}`, ['shop']);
      const { code, output } = await ferry(['audit', 'verify', 'shop']);
      expect([code, output]).toEqual([4, 'shop 2: entry altered']);
      await client.query(`update tenancy.tenant_audit_log set actor_id = rtrim(actor_id, '!') ${at}`, ['shop']);
    } finally {
      await client.end();
    }
    expect((await ferry(['audit', 'export', 'shop', '--since', 'yesterday'])).code).toBe(2);
  }, 120_000);

  test('usage is told for each day, as a table, JSON and CSV', async () => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      for (const [metric, currency, value] of [
        ['requests', '', 9],
        ['payments', '', 3],
        ['open', '', 1],
        ['volume', 'EUR', 1050],
        ['volume', 'XAF', 700],
      ] as const)
        await client.query(`insert into tenancy.tenant_metrics values ('shop', '2026-02-28', $1, $2, $3, now())`, [
          metric,
          currency,
          value,
        ]);
    } finally {
      await client.end();
    }
    const of = (...given: string[]) =>
      succeeded(['usage', 'shop', '--from', '2026-02-01', '--to', '2026-03-31', ...given]);
    expect(lines(await of('--json'))).toEqual([
      { tenant_id: 'shop', day: '2026-02-28', requests: 9, payments: 3, open: 1, volume: { EUR: '10.50', XAF: '700' } },
    ]);
    expect((await of('--csv')).split('\n')).toEqual([
      'tenant_id,day,metric,currency,value',
      'shop,2026-02-28,requests,,9',
      'shop,2026-02-28,payments,,3',
      'shop,2026-02-28,open,,1',
      'shop,2026-02-28,volume,EUR,10.50',
      'shop,2026-02-28,volume,XAF,700',
    ]);
    expect(await of()).toMatch(/2026-02-28 +9 +3 +1 +10\.50 EUR, 700 XAF/);
    expect(await refused(['usage', 'shop', '--from', '2026-02-02', '--to', '2026-02-01'])).toMatch(/within 366 days/);
  }, 120_000);

  test.each([
    [['users', 'list', 'nobody']],
    [['config', 'show', 'nobody']],
    [['secrets', 'list', 'nobody']],
    [['audit', 'export', 'nobody']],
    [['audit', 'verify', 'nobody']],
    [['usage', 'nobody']],
  ])('%j: there is no such tenant', async (command) => {
    expect(await refused(command)).toMatch(/there is no tenant nobody/);
  });
});
