import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger, silentMeter } from '@ferry/kernel';
import { Database, PostgresKeyDirectory } from '@ferry/postgres';
import { Authenticator, authorise, type Authentication } from '@ferry/tenancy';
import pg from 'pg';
import { runCommand } from '../harness/ferry.js';

/** Tenants and keys by the command line, as processes; keys are then presented to an authenticator of another process. */
describe('tenants and keys by the command line', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let environment: Record<string, string>;
  let app: Database;
  let authenticator: Authenticator;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-tenants-'));
    server = await EmbeddedPostgres.start({ directory, database: 'payments', roles: [] }, silentLogger);
    const url = server.url();
    const passwords = { FERRY_APP_PASSWORD: 'app', FERRY_SWEEPER_PASSWORD: 'sweeper' };
    await runCommand(['migrate'], { MIGRATION_DATABASE_URL: url, ...passwords });
    const login = (username: string, password: string): string =>
      Object.assign(new URL(url), { username, password }).toString();
    environment = {
      DATABASE_URL: login('ferry_app', 'app'),
      DATABASE_SWEEPER_URL: login('ferry_sweeper', 'sweeper'),
    };
    const options = { url: environment.DATABASE_URL as string, poolMax: 2, applicationName: 'test' };
    const awayAfterMs = 60_000; // a server that the machine has paused is slow here, and not away
    app = new Database({ ...options, awayAfterMs }, silentLogger, silentMeter);
    authenticator = new Authenticator(new PostgresKeyDirectory(app));
  });
  afterAll(async () => {
    await app?.close();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const ferry = (...command: string[]) => runCommand(command, environment);
  const made = async (...command: string[]): Promise<Record<string, string>> => {
    const { code, output } = await ferry(...command, '--json');
    expect({ code, output }).toMatchObject({ code: 0 });
    return JSON.parse(output) as Record<string, string>;
  };
  const present = (key: string | undefined): Promise<Authentication> =>
    authenticator.authenticate(key, '192.0.2.1', new Date());

  test('a tenant is one command; its key is printed once, and lets in', async () => {
    const tenant = await made('tenants', 'create', 'shop', '--name', 'Shop');
    expect(await present(tenant.key)).toMatchObject({ principal: { tenantId: 'shop', mode: 'live', kind: 'key' } });
    const again = await ferry('tenants', 'create', 'shop');
    expect(again).toMatchObject({ code: 1, output: expect.stringMatching(/there is a tenant shop already/) });
    const { output } = await ferry('keys', 'list', 'shop', '--json');
    expect(JSON.parse(output)).toMatchObject({ prefix: tenant.prefix, key_id: tenant.key_id });
    expect(output).not.toContain(tenant.key?.split('_')[3]);
  });

  test('a revocation by one process is effective in another within a second', async () => {
    const { key, prefix } = await made('keys', 'create', 'shop', '--scopes', 'payments:read');
    expect(await present(key)).toHaveProperty('principal');
    // The key stays warm in the cache all the while.
    let revokedAt = Number.POSITIVE_INFINITY;
    const revoking = ferry('keys', 'revoke', 'shop', prefix as string).then(() => (revokedAt = performance.now()));
    let lastLetIn = 0;
    while (performance.now() < revokedAt + 1_500) {
      const asked = performance.now();
      if ('principal' in (await present(key))) lastLetIn = asked;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await revoking;
    expect(lastLetIn).toBeGreaterThan(0);
    expect(lastLetIn).toBeLessThan(revokedAt + 1_000);
    expect(await present(key)).toMatchObject({ refusal: 'revoked' });
  });

  test('a rotated key and the one in its place are both let in; a test key acts on the twin', async () => {
    const old = await made('keys', 'create', 'shop');
    const fresh = await made('keys', 'rotate', 'shop', old.prefix as string, '--overlap', '1');
    for (const { key } of [old, fresh]) expect(await present(key)).toHaveProperty('principal.tenantId', 'shop');
    const sandbox = await made('keys', 'create', 'shop', '--mode', 'test');
    expect(await present(sandbox.key)).toMatchObject({ principal: { tenantId: 'shop-test', mode: 'test' } });
  });

  test('a suspended tenant reads and does not create, and is resumed', async () => {
    const { key } = await made('keys', 'create', 'shop');
    const may = async (): Promise<string[]> => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const answer = await present(key);
      if (!('principal' in answer)) throw new Error(answer.refusal);
      return (['payments:read', 'payments:write'] as const).map((scope) => authorise(answer.principal, scope));
    };
    expect(await may()).toEqual(['granted', 'granted']);
    await made('tenants', 'suspend', 'shop');
    expect(await may()).toEqual(['granted', 'tenant-suspended']);
    await made('tenants', 'resume', 'shop');
    expect(await may()).toEqual(['granted', 'granted']);
  });

  test('secrets are sealed anew by command, and verify proves everything', async () => {
    const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
    expect(await ferry('secrets', 'reseal')).toMatchObject({ code: 1 });
    const sealed = await runCommand(['secrets', 'reseal'], { ...environment, FERRY_ENCRYPTION_KEYS: key('k1') });
    expect(sealed).toMatchObject({
      code: 0,
      output: expect.stringMatching(/0 secret\(s\) sealed anew with the key k1/),
    });
    expect((await ferry('verify')).code).toBe(0);
  });

  test('nothing that a command stored or printed later holds a secret', async () => {
    const { key = '' } = await made('keys', 'create', 'shop');
    const secret = key.split('_')[3] as string;
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      const { rows } = await client.query<{ told: string }>(
        `select (select string_agg(k::text, '') from tenancy.tenant_api_keys k)
           || (select string_agg(l::text, '') from tenancy.tenant_audit_log l) as told`,
      );
      expect(rows[0]?.told).toContain(key.slice(0, 20));
      expect(rows[0]?.told).not.toContain(secret);
    } finally {
      await client.end();
    }
  });
});
