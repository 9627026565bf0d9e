import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger, sleep } from '@ferry/kernel';
import { Caller } from '../../apps/cli/src/attack/caller.js';
import { runAttack } from '../../apps/cli/src/attack/run-attack.js';
import { runCommand, startServer, type FerryProcess } from '../harness/ferry.js';

const PAYMENTS = '/api/v1/payments';
const KEYS = '/api/v1/keys';

/** Two tenants and an operator, and an api that asks for keys. */
describe('access', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let api: FerryProcess & { readonly url: string };
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-access-'));
    server = await EmbeddedPostgres.start({ directory, database: 'payments', roles: [] }, silentLogger);
    const url = server.url();
    const passwords = { FERRY_APP_PASSWORD: 'app', FERRY_SWEEPER_PASSWORD: 'sweeper' };
    await runCommand(['migrate'], { MIGRATION_DATABASE_URL: url, ...passwords });
    const login = (username: string, password: string): string =>
      Object.assign(new URL(url), { username, password }).toString();
    const environment = {
      DATABASE_URL: login('ferry_app', 'app'),
      DATABASE_SWEEPER_URL: login('ferry_sweeper', 'sweeper'),
    };
    for (const tenant of ['a', 'b', 'operator']) {
      const extra = tenant === 'operator' ? ['--operator'] : [];
      const { output } = await runCommand(['tenants', 'create', tenant, '--json', ...extra], environment);
      keys[tenant] = (JSON.parse(output) as { key: string }).key;
    }
    api = await startServer('api', { ...environment, FERRY_AUTH: 'keys' });
  }, 60_000);
  afterAll(async () => {
    await api?.kill();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const as = (name: string): Caller => new Caller(api.url, keys[name] ?? name);
  const pay = (reference: string) => ({ amount: '1', currency: 'XAF', reference });
  interface Made {
    readonly key: { readonly id: string };
    readonly secret_key: string;
  }
  const makeKey = async (given: object = {}): Promise<Made> =>
    (await as('a').json('POST', KEYS, { name: 'k', scopes: ['payments:read'], ...given })) as Made;

  test('A1: as B, no route reads, changes or tells anything of A', async () => {
    const { operations, calls, holes } = await runAttack({
      url: api.url,
      keyA: keys['a'] ?? '',
      keyB: keys['b'] ?? '',
    });
    expect(holes).toEqual([]);
    expect(operations).toBeGreaterThan(15);
    expect(calls).toBeGreaterThan(operations);
  }, 60_000);

  test('A1: the attack finds what a tenant may see of itself', async () => {
    const { holes } = await runAttack({ url: api.url, keyA: keys['a'] ?? '', keyB: keys['a'] ?? '' });
    expect(holes).toEqual(
      expect.arrayContaining([
        expect.stringContaining('GET /api/v1/payments/{id}: 200 with an id of A'),
        expect.stringContaining('GET /api/v1/payments: tells'),
        expect.stringContaining('with a reference and a key that A used'),
      ]),
    );
  }, 60_000);

  test('a revocation is effective within a second', async () => {
    const { key, secret_key: secret } = await makeKey();
    const held = as(secret);
    expect((await held.call('GET', PAYMENTS)).status).toBe(200);
    await as('a').json('POST', `${KEYS}/${key.id}/revoke`);
    const revoked = performance.now();
    let lastLetIn = revoked;
    while (performance.now() - revoked < 1_500) {
      const asked = performance.now();
      if ((await held.call('GET', PAYMENTS)).status === 200) lastLetIn = asked;
      await sleep(100);
    }
    expect(lastLetIn - revoked).toBeLessThan(1_000);
    expect((await held.call('GET', PAYMENTS)).status).toBe(401);
  }, 30_000);

  test('a suspended tenant reads and does not create, until it is resumed', async () => {
    const change = (what: string) => as('operator').json('POST', `/api/v1/admin/tenants/b/${what}`);
    await change('suspend');
    await sleep(1_000);
    expect((await as('b').call('POST', PAYMENTS, pay('suspended'))).text).toContain('tenant-suspended');
    expect((await as('b').call('GET', PAYMENTS)).status).toBe(200);
    await change('resume');
    await sleep(1_000);
    expect((await as('b').call('POST', PAYMENTS, pay('resumed'))).status).toBe(201);
    expect((await as('b').call('POST', '/api/v1/admin/tenants/a/suspend')).text).toContain('insufficient-scope');
  }, 30_000);

  test('A7: a key at 20 times its limit is refused with Retry-After, and others are unharmed', async () => {
    const { secret_key: secret } = await makeKey({ requests_per_minute: 20 });
    const others: number[] = [];
    const attacker = await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        if (i % 10 === 0) others.push((await as('b').call('POST', PAYMENTS, pay(`a7-${i}`))).status);
        return fetch(`${api.url}${PAYMENTS}`, { headers: { Authorization: `Bearer ${secret}` } });
      }),
    );
    expect(attacker.filter(({ status }) => status === 200)).toHaveLength(20);
    const refused = attacker.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(380);
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
    expect(others).toEqual(Array<number>(40).fill(201));
  }, 30_000);

  test('the audit log tells who, from where, in which request, and no secret', async () => {
    const { secret_key: secret, key } = await makeKey();
    const { text } = await as('a').call('GET', '/api/v1/audit');
    const entries = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.at(-1)).toMatchObject({
      action: 'key.created',
      actor: { kind: 'key' },
      address: '127.0.0.1',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      after: { id: key.id },
    });
    const hidden = [secret, ...Object.values(keys)].map((one) => one.split('_')[3] as string);
    for (const one of hidden) {
      expect(text).not.toContain(one);
      expect(JSON.stringify(api.lines)).not.toContain(one);
    }
  });

  test('a configuration is saved once for each version', async () => {
    const put = (version: number, config: object) => as('a').call('PUT', '/api/v1/config', { version, config });
    const { version } = (await as('a').json('GET', '/api/v1/config')) as { version: number };
    expect((await put(version, { limits: { payments_per_day: 1_000_000 } })).status).toBe(200);
    expect((await put(version, {})).text).toContain('version-conflict');
    expect((await put(version + 1, { limits: { payments_per_day: 0 } })).text).toContain(
      'config.limits.payments_per_day',
    );
  });
});
