import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, silentMeter, Unavailable } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { Database, PostgresRecordedPayments } from '@ferry/postgres';
import { QueryTooWide } from '@ferry/recording';
import pg from 'pg';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';

describe.each(postgresServers)('lists of recorded payments that take too long on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let hurried: Database;
  let inTheWay: pg.Client;
  let payments: PostgresRecordedPayments;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    // Of the login and not of the program, which would itself wait for a second more only: less than a machine may pause.
    await database.query(`alter role ferry_app in database ${database.name} set statement_timeout = '100ms'`);
    const options = { url: database.appUrl, poolMax: 1, applicationName: 'hurried', awayAfterMs: 60_000 };
    hurried = new Database(options, silentLogger, silentMeter);
    await eventually('it is connected', () =>
      hurried.ping().then(
        () => true,
        () => false,
      ),
    );
    payments = new PostgresRecordedPayments(hurried);
    inTheWay = new pg.Client({ connectionString: database.adminUrl });
    await inTheWay.connect();
    await inTheWay.query('begin; lock table recording.payments in access exclusive mode');
  });
  afterAll(async () => {
    await inTheWay?.end();
    await hurried?.close();
    await database?.close();
    await server?.close();
  });

  test.each([
    ['a channel', { paymentChannel: 'rare' }],
    ['a source', { source: 'webhook' }],
  ] as const)('by %s alone were too wide, and the database is not taken for away', async (_what, query) => {
    await expect(payments.list('default', { ...query, limit: 1 })).rejects.toBeInstanceOf(QueryTooWide);
    expect(hurried.state().connected).toBe(true);
  });

  test.each([
    ['a customer', { cif: 'C', paymentChannel: 'rare' }],
    ['everything', {}],
  ])('by %s were not: the database is slow, and to ask again may help', async (_what, query) => {
    await expect(payments.list('default', { ...query, limit: 1 })).rejects.toBeInstanceOf(Unavailable);
  });
});
