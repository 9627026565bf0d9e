import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, silentMeter } from '@ferry/kernel';
import { catalogueFaults, catalogueRules, Database } from '@ferry/postgres';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';
import { harmless, mutations } from './catalogue-mutations.js';

class Undo extends Error {}

describe.each(postgresServers)('the catalogue of %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let admin: Database;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    const options = { url: database.adminUrl, poolMax: 1, applicationName: 'admin', awayAfterMs: 60_000 };
    admin = new Database(options, silentLogger, silentMeter);
  });
  afterAll(async () => {
    await admin?.close();
    await database?.close();
    await server?.close();
  });

  /** What is found after these statements, which are then taken back: also those about roles, which all databases share. */
  async function faultsAfter(statements: readonly string[]): Promise<readonly string[]> {
    let faults: readonly string[] = [];
    await admin
      .transaction(async (session) => {
        for (const text of statements) await session.query({ text });
        faults = await catalogueFaults(session);
        throw new Undo();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error;
      });
    return faults;
  }

  test('holds tenants apart, as either login sees it', async () => {
    for (const login of [database.app, database.sweeper])
      expect(await login.transaction((session) => catalogueFaults(session))).toEqual([]);
  });

  test.each(mutations)('finds: %s', async (_what, statements, findings) => {
    expect(await faultsAfter(statements)).toEqual(findings);
  });

  test.each(harmless)('lets pass: %s', async (_what, statements) => {
    expect(await faultsAfter(statements)).toEqual([]);
  });

  test('a superuser is found, whatever else that opens', async () => {
    expect(await faultsAfter(['alter role ferry_app superuser'])).toContain('logins-weak: ferry_app');
  });

  test('every rule has been seen to fail', () => {
    const failed = mutations.flatMap(([, , findings]) => findings.map((finding) => finding.split(':')[0]));
    expect(new Set(failed)).toEqual(new Set(catalogueRules.map(({ name }) => name)));
  });
});
