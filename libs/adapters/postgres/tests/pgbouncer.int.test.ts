import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, silentMeter } from '@ferry/kernel';
import { bootstrapSql, migrationNames, migrations, roles } from '@ferry/migrations';
import { checkSchema, Database, migrate } from '@ferry/postgres';
import { startPgbouncer, type UrlService } from '../../../../scripts/services/services.mjs';
import {
  makeDatabase,
  postgresServers,
  testLogins,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';
import { describeWithOwn } from '../../../../tests/harness/services.js';
import { paymentContracts } from './contracts.js';
import { tenancyContracts } from './tenancy/contracts.js';

const CLIENTS = 12;
const ROUNDS = 25;

/** One connection to the server for each login, whoever comes: every transaction of everybody follows somebody else's. */
describeWithOwn(['pgbouncer'], 'through PgBouncer in transaction mode', () => {
  describe.each(postgresServers)('to %s', (_name, start) => {
    let server: TestServer;
    let bouncer: UrlService;
    let database: TestDatabase;
    beforeAll(async () => {
      server = await start();
      bouncer = await startPgbouncer({ server: server.admin('postgres') });
      database = await makeDatabase(server, { through });
    });
    afterAll(async () => {
      await database?.close();
      await bouncer?.stop();
      await server?.close();
    });
    const through = (url: string): string =>
      Object.assign(new URL(url), { port: new URL(bouncer.url).port }).toString();
    /** A server that the machine has paused is slow here, and not away. */
    const client = (url = database.appUrl, timeouts: object = { statementTimeoutMs: 60_000 }): Database =>
      new Database(
        { url, poolMax: 1, applicationName: 'client', awayAfterMs: 60_000, ...timeouts },
        silentLogger,
        silentMeter,
      );
    const backend = { text: 'select pg_backend_pid() as pid' };

    test('tenants that share one connection to the server never see each other', async () => {
      const tenants = Array.from({ length: CLIENTS }, () => `t-${randomBytes(6).toString('hex')}`);
      for (const tenant of tenants) await database.addTenant(tenant);
      const clients = tenants.map((tenant) => ({ tenant, database: client() }));
      const backends = new Set<number>();
      const faults: unknown[] = [];
      const look = async ({ tenant, database: one }: (typeof clients)[number], round: number): Promise<void> => {
        const reference = { text: 'insert into payments.payment_references values ($1, $2, gen_random_uuid())' };
        const rows = await one.tenant(tenant, async (session) => {
          session.send({ ...reference, values: [tenant, `r-${round}`] });
          for (const { pid } of await session.rows<{ pid: number }>(backend)) backends.add(pid);
          // Without a condition: what keeps the others out is the tenant that was entered, and nothing else.
          return session.rows<{ tenant_id: string }>({
            name: 'all',
            text: 'select tenant_id from payments.payment_references',
          });
        });
        if (rows.length !== round || rows.some(({ tenant_id }) => tenant_id !== tenant)) faults.push({ tenant, rows });
        const left = await one.transaction((session) =>
          session.rows({ text: 'select tenant_id from payments.payment_references' }),
        );
        if (left.length > 0) faults.push({ tenant, left });
      };
      try {
        await Promise.all(
          clients.map(async (one) => {
            for (let round = 1; round <= ROUNDS; round += 1) await look(one, round);
          }),
        );
      } finally {
        await Promise.all(clients.map(({ database: one }) => one.close()));
      }
      expect(faults).toEqual([]);
      expect(backends.size).toBe(1);
    }, 120_000);

    test('one name may stand for two statements in two programs, as while a new version is rolled out', async () => {
      const [old, next] = [client(), client()];
      const ask = (one: Database, text: string): Promise<unknown> =>
        one.tenant('default', (session) => session.rows({ name: 'same-name', text }));
      try {
        for (let round = 0; round < 3; round += 1) {
          expect(await ask(old, 'select 1 as old')).toEqual([{ old: 1 }]);
          expect(await ask(next, 'select 2 as next')).toEqual([{ next: 2 }]);
        }
      } finally {
        await Promise.all([old.close(), next.close()]);
      }
    });

    test('the time-outs of the logins hold, and that of one program ends with its transaction', async () => {
      const text = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`;
      const ask = (one: Database): Promise<unknown> => one.transaction((session) => session.rows({ text }));
      const ours = { statement: '5s', lock: '3s', idle: '10s' };
      const patient = client();
      const others = [client(database.appUrl, {}), client(database.sweeperUrl, {})];
      try {
        expect(await ask(patient)).toEqual([{ ...ours, statement: '1min' }]);
        for (const other of others) expect(await ask(other)).toEqual([ours]);
        await expect(checkSchema(others[0] as Database, migrationNames)).resolves.toBeUndefined();
      } finally {
        await Promise.all([patient, ...others].map((one) => one.close()));
      }
    });

    test('names of statements reach the server only where they are carried along', async () => {
      const [one, other] = [client(), client()];
      const names = { text: 'select name from pg_prepared_statements' };
      try {
        for (const database_ of [one, other]) await database_.tenant('default', (session) => session.query(names));
        const left = await one.transaction((session) => session.rows<{ name: string }>(names));
        // The question itself, or what PgBouncer from 1.21 on makes of a name.
        expect(left.filter(({ name }) => name !== 'ferry-carried' && !name.startsWith('PGBOUNCER_'))).toEqual([]);
      } finally {
        await Promise.all([one.close(), other.close()]);
      }
    });

    test('migrations refuse to go through it', async () => {
      const url = through(database.adminUrl);
      const work = { url, migrations, bootstrap: bootstrapSql, ownerRole: roles.owner, logins: testLogins };
      await expect(migrate(work, silentLogger)).rejects.toThrow(/need the server itself.* leads to a bouncer/);
    });

    test.each(['session', 'statement'])('in %s mode it works, or says why it does not', async (mode) => {
      const own = await startPgbouncer({ server: server.admin('postgres'), settings: { pool_mode: mode } });
      const url = Object.assign(new URL(database.appUrl), { port: new URL(own.url).port }).toString();
      const one = client(url);
      try {
        const asked = one.tenant('default', (session) => session.rows({ name: 'one', text: 'select 1 as one' }));
        if (mode === 'session') await expect(asked).resolves.toEqual([{ one: 1 }]);
        else
          await expect(asked).rejects.toMatchObject({
            cause: { message: expect.stringMatching(/transaction.* not allowed/) },
          });
      } finally {
        await one.close();
        await own.stop();
      }
    });

    paymentContracts(() => database);
    tenancyContracts(() => database);
  });
});
