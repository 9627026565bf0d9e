import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger } from '@ferry/kernel';
import { migrationNames } from '@ferry/migrations';
import pg from 'pg';
import { FerryProcess, runCommand } from '../harness/ferry.js';

describe('the command line', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let migration: Record<string, string>;
  let logins: Record<string, string>;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-cli-'));
    server = await EmbeddedPostgres.start({ directory, database: 'payments', roles: [] }, silentLogger);
    const url = server.url();
    migration = { MIGRATION_DATABASE_URL: url, FERRY_APP_PASSWORD: `app'"`, FERRY_SWEEPER_PASSWORD: 'sweeper' };
    const login = (username: string, password: string): string =>
      Object.assign(new URL(url), { username, password }).toString();
    logins = { DATABASE_URL: login('ferry_app', `app'"`), DATABASE_SWEEPER_URL: login('ferry_sweeper', 'sweeper') };
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const sql = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };

  test.each([[[]], [['start']], [['migrate']], [['verify']], [['replay']], [['torture']], [['bench']]])(
    '%j --help explains itself',
    async (command) => {
      const { code, output } = await runCommand([...command, '--help'], {});
      expect(code).toBe(0);
      expect(output).toMatch(/Usage: ferry/);
    },
  );

  test.each([[['dance']], [['replay', '--max', 'many']], [['verify', '--nonsense']]])(
    '%j exits with 2 and says why',
    async (command) => {
      const { code, output } = await runCommand(command, {});
      expect(code).toBe(2);
      expect(output).toMatch(/error: /);
    },
  );

  test.each(['worker', 'api'] as const)(
    '%s with a mistake in its settings names all of them and exits with 2',
    async (program) => {
      const process_ = new FerryProcess(program, [], {
        DATABASE_URL: 'nonsense',
        DB_POOL_MAX: '0',
        REDIS_HOST: 'redis',
      });
      expect(await process_.ended).toBe(2);
      const output = process_.lines.map(({ text }) => text).join('\n');
      expect(output).toMatch(/DATABASE_URL: must be a URL/);
      expect(output).toMatch(/DB_POOL_MAX: must be a whole number from 1/);
      expect(output).toMatch(/REDIS_HOST is not read: set REDIS_URL/);
    },
  );

  test('a program refuses a database that was never migrated', async () => {
    const login = server.url();
    const { code, output } = await runCommand(['verify'], { DATABASE_URL: login, DATABASE_SWEEPER_URL: login });
    expect(code).toBe(3);
    expect(output).toMatch(/bypasses row level security/);
  });

  test('five migrators at once: each migration runs once, all end well', async () => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => runCommand(['migrate'], migration)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(runs.filter(({ output }) => output.includes(`${migrationNames.length} migration(s) ran`))).toHaveLength(1);
    expect(runs.filter(({ output }) => output.includes('nothing to migrate'))).toHaveLength(4);
  });

  test('verify exits with 0 while all holds, and with 4 and the rule when something is broken', async () => {
    expect((await runCommand(['verify'], logins)).code).toBe(0);
    await sql(
      `insert into payments.payment_references values ('default', 'ghost', '019aa0e0-0000-7000-8000-000000000001')`,
    );
    const { code, output } = await runCommand(['verify'], logins);
    expect(code).toBe(4);
    expect(output).toMatch(/BROKEN {2}reference-unique .*1 of 1: 019aa0e0-0000-7000-8000-000000000001/);
    const json = await runCommand(['verify', '--json'], logins);
    expect(json.code).toBe(4);
    expect(JSON.parse(json.output)).toMatchObject({ ok: false });
    await sql('truncate payments.payment_references');
  });

  test('a program refuses a schema newer than it knows, and only one of the two logins', async () => {
    await sql(`insert into public.migrations (timestamp, name) values (9999999999999, 'FromTheFuture')`);
    const newer = await runCommand(['verify'], logins);
    expect(newer.code).toBe(3);
    expect(newer.output).toMatch(/newer than this program \(FromTheFuture\)/);
    await sql(`delete from public.migrations where name = 'FromTheFuture'`);
    const half = await runCommand(['verify'], { DATABASE_URL: logins.DATABASE_URL as string });
    expect(half.code).toBe(2);
    expect(half.output).toMatch(/set both, or neither/);
  });

  test('a database that is not there is said, not waited for, by a command', async () => {
    const nowhere = 'postgres://ferry_app:x@127.0.0.1:1/payments';
    const { code, output } = await runCommand(['verify'], { DATABASE_URL: nowhere, DATABASE_SWEEPER_URL: nowhere });
    expect(code).toBe(1);
    expect(output).toMatch(/postgres is unavailable/);
  });
});
