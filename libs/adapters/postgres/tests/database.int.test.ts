import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, silentMeter, timedSteadily, Unavailable } from '@ferry/kernel';
import { Database } from '@ferry/postgres';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';

/** A server that the machine has paused is slow here, and not away. */
const awayAfterMs = 60_000;

/** RELIABILITY.md F18 and what else a transaction must never do. */
describe.each(postgresServers)('transactions on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    await database.query('create table public.marks (mark text primary key)');
    await database.query('grant select, insert, update on public.marks to ferry_app');
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  const mark = (text: string) => ({ text: 'insert into public.marks values ($1)', values: [text] });
  const bad = { text: 'select 1 / 0' };
  const marks = async (): Promise<string[]> =>
    (await database.query<{ mark: string }>('select mark from public.marks order by 1')).map((row) => row.mark);

  test.each<[string, Parameters<Database['tenant']>[1]]>([
    [
      'a swallowed failure',
      async (session) => {
        session.send(mark('swallowed'));
        await session.query(bad).catch(() => {});
      },
    ],
    [
      'a failure nobody waited for',
      async (session) => {
        session.send(mark('unawaited'));
        session.send(bad);
      },
    ],
    [
      'a failure in the middle of the pipeline',
      async (session) => {
        session.send(mark('before'));
        session.send(bad);
        session.send(mark('after'));
      },
    ],
    [
      'an error of our own',
      async (session) => {
        await session.query(mark('thrown'));
        throw new Error('division by zero of our own');
      },
    ],
    [
      'a failure of a deferred check at commit',
      async (session) => {
        session.send({ text: 'create temp table late (a int primary key deferrable initially deferred)' });
        session.send({ text: 'insert into late values (1), (1)' });
        session.send(mark('deferred'));
      },
    ],
  ])('%s never reports success and stores nothing', async (_what, work) => {
    await expect(database.app.tenant('default', work)).rejects.toThrow(/division by zero|duplicate key/);
    expect(await marks()).toEqual([]);
  });

  test('after a failure the connection is clean for the next transaction', async () => {
    const options = { url: database.appUrl, poolMax: 1, applicationName: 'one', awayAfterMs };
    const one = new Database(options, silentLogger, silentMeter);
    try {
      await expect(one.tenant('default', (session) => session.query(bad))).rejects.toThrow(/division by zero/);
      await expect(one.tenant('default', (session) => session.rows({ text: 'select 1 as one' }))).resolves.toEqual([
        { one: 1 },
      ]);
    } finally {
      await one.close();
    }
  });

  test('statements keep their names on a connection that is ours alone: they are planned once', async () => {
    const names = { text: `select name from pg_prepared_statements where name = 'enter'` };
    expect(await database.app.tenant('default', (session) => session.rows(names))).toEqual([{ name: 'enter' }]);
  });

  test('a deadlock is tried again and both succeed', async () => {
    await database.query(`insert into public.marks values ('a'), ('b')`);
    const touch = (text: string) => ({ text: 'update public.marks set mark = mark where mark = $1', values: [text] });
    const locked = Promise.withResolvers<void>();
    let locks = 0;
    const inOrder = (first: string, second: string) =>
      database.app.tenant('default', async (session) => {
        // The server looks for deadlocks after a second; paused meanwhile it must not find that a login may wait for three only.
        await session.query({ text: `set local lock_timeout = '60s'` });
        await session.query(touch(first));
        if ((locks += 1) === 2) locked.resolve();
        await locked.promise; // both hold what the other one wants; the second try finds this open
        await session.query(touch(second));
      });
    await Promise.all([inOrder('a', 'b'), inOrder('b', 'a')]);
    expect(locks).toBe(3);
    await database.query('truncate public.marks');
  });

  test('a connection killed in the middle is Unavailable, and the next call works', async () => {
    await expect(
      database.app.tenant('default', async (session) => {
        const [row] = await session.rows<{ pid: number }>({ text: 'select pg_backend_pid() as pid' });
        await database.query('select pg_terminate_backend($1)', [row?.pid]);
        await session.query(mark('killed'));
      }),
    ).rejects.toBeInstanceOf(Unavailable);
    expect(database.app.state()).toMatchObject({ connected: false });
    await database.app.ping();
    expect(database.app.state()).toMatchObject({ connected: true });
    expect(await marks()).toEqual([]);
  });

  test('a statement that takes too long is Unavailable, not a hang', async () => {
    const hasty = new Database(
      { url: database.appUrl, poolMax: 1, statementTimeoutMs: 200, applicationName: 'hasty' },
      silentLogger,
      silentMeter,
    );
    try {
      await expect(
        hasty.tenant('default', (session) => session.query({ text: 'select pg_sleep(5)' })),
      ).rejects.toBeInstanceOf(Unavailable);
    } finally {
      await hasty.close();
    }
  });

  test('a statement that is merely slow is waited for, while the server answers beside it', async () => {
    const slow = { text: 'select pg_sleep(2.5), 1 as one' };
    const url = database.appUrl;
    const usual = new Database({ url, poolMax: 1, applicationName: 'usual' }, silentLogger, silentMeter);
    const ask = (): Promise<unknown> => usual.tenant('default', (session) => session.rows(slow));
    try {
      // A server that the machine has paused is silent in truth; so once of three times is enough.
      const answer = await ask().catch(ask).catch(ask);
      expect(answer).toMatchObject([{ one: 1 }]);
    } finally {
      await usual.close();
    }
  });

  test('a server that is not there is Unavailable within two seconds', async () => {
    const nowhere = new Database(
      { url: 'postgres://ferry_app:x@127.0.0.1:1/none', poolMax: 1, applicationName: 'nowhere' },
      silentLogger,
      silentMeter,
    );
    const { ms } = await timedSteadily(() => expect(nowhere.ping()).rejects.toBeInstanceOf(Unavailable));
    expect(ms).toBeLessThan(2_000);
    await nowhere.close();
  });
});
