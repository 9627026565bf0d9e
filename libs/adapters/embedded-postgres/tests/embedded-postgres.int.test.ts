import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmbeddedPostgres } from '@ferry/embedded-postgres';
import { silentLogger } from '@ferry/kernel';
import { eventually, pause } from '@ferry/payments/testing';
import pg from 'pg';

describe('EmbeddedPostgres', () => {
  let directory: string;
  let server: EmbeddedPostgres | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-embedded-'));
  });
  afterEach(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (): Promise<EmbeddedPostgres> =>
    (server = await EmbeddedPostgres.start({ directory, database: 'ferry', roles: ['someone'] }, silentLogger));
  const query = async (text: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: server?.url() });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const pidFile = (): string => join(directory, 'postgres', 'postmaster.pid');

  test('is durable, on loopback alone, with passwords of its own that nobody else may read', async () => {
    await start();
    const settings = await query(`select name, setting from pg_settings where name in ('fsync', 'synchronous_commit',
      'listen_addresses', 'unix_socket_directories', 'password_encryption') order by name`);
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'password_encryption', setting: 'scram-sha-256' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    expect(statSync(join(directory, 'secrets.json')).mode & 0o077).toBe(0);
    const secrets = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as Record<string, string>;
    expect(new Set(Object.values(secrets)).size).toBe(2);
    const stranger = new pg.Client({
      connectionString: Object.assign(new URL(server?.url() ?? ''), { password: 'password' }).href,
    });
    await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
  });

  test('keeps its data from start to start', async () => {
    await start();
    await query('create table kept (x int)');
    await server?.stop();
    await start();
    expect(await query('select count(*)::int as rows from kept')).toEqual([{ rows: 0 }]);
  });

  test('a first start that was interrupted leaves nothing in the way', async () => {
    mkdirSync(join(directory, 'postgres.unfinished'));
    writeFileSync(join(directory, 'postgres.unfinished', 'PG_VERSION'), '18');
    await start();
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a pid file whose pid belongs to another program now is no hindrance', async () => {
    await start();
    const lines = readFileSync(pidFile(), 'utf8').split('\n');
    await server?.stop();
    writeFileSync(pidFile(), [process.pid, ...lines.slice(1)].join('\n'));
    await start();
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('killed, it comes back by itself on the same port with what was committed', async () => {
    await start();
    await query('create table committed (x int)');
    const url = server?.url();
    process.kill(server?.pid as number, 'SIGKILL');
    let rows: unknown[] | undefined;
    await eventually('it is back', async () => {
      rows = await query('select count(*)::int as rows from committed').catch(() => undefined);
      return rows !== undefined;
    });
    expect(rows).toEqual([{ rows: 0 }]);
    expect(server?.url()).toBe(url);
  });

  test('killed while a database is made, it makes that database when it is back', async () => {
    await start();
    for (const afterMs of [5, 20, 40, 80]) {
      const name = `made_${afterMs}`;
      const made = server?.outlasting(async () => server?.createDatabase(name));
      await pause(afterMs);
      process.kill(server?.pid as number, 'SIGKILL');
      await made;
      await eventually('it is there', async () => {
        const found = await query(`select from pg_database where datname = '${name}'`).catch(() => []);
        return found.length === 1;
      });
    }
  });

  test('a port that somebody took first is no reason to give up: others are tried', async () => {
    await start();
    await server?.stop();
    const taker = createServer();
    await new Promise<void>((resolve) => taker.listen(0, '127.0.0.1', resolve));
    // Said after the port that was looked for, so that each try ends at this one.
    const settings = { port: String((taker.address() as AddressInfo).port) };
    const said: string[] = [];
    const logger = { ...silentLogger, debug: (_: string, fields = {}) => void said.push(JSON.stringify(fields)) };
    const starting = EmbeddedPostgres.start({ directory, database: 'ferry', roles: [], settings }, logger);
    await expect(starting).rejects.toThrow(/Address already in use/);
    expect(said.filter((line) => line.includes('could not bind'))).toHaveLength(5);
    taker.close();
  });

  test('what cannot start says why', async () => {
    await start();
    await server?.stop();
    const broken = { directory, database: 'ferry', roles: [], settings: { shared_buffers: 'nonsense' } };
    await expect(EmbeddedPostgres.start(broken, silentLogger)).rejects.toThrow(
      /invalid value for parameter "shared_buffers"/,
    );
  });
});
