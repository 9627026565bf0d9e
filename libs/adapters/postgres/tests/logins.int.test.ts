import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger } from '@ferry/kernel';
import { bootstrapSql, migrations, roles } from '@ferry/migrations';
import { migrate } from '@ferry/postgres';
import {
  makeDatabase,
  postgresServers,
  testLogins,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';

/** Of its own: logins belong to the server, and other suites use theirs. */
const [, start] = postgresServers[0] as (typeof postgresServers)[number];

describe('logins', () => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  const migrateWith = (logins: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    migrate(
      { url: database.adminUrl, migrations, bootstrap: bootstrapSql, ownerRole: roles.owner, logins },
      silentLogger,
    );
  const storedOf = async (role: string): Promise<string | undefined> => {
    const [row] = await database.query<{ stored: string }>(
      'select rolpassword as stored from pg_authid where rolname = $1 and rolcanlogin',
      [role],
    );
    return row?.stored;
  };

  test('a password that is right is not set again: bouncers remember its salt', async () => {
    const before = await storedOf(roles.app);
    expect(before).toMatch(/^SCRAM-SHA-256/);
    await migrateWith(testLogins);
    expect(await storedOf(roles.app)).toBe(before);
  });

  test('another one is set, whatever letters it has', async () => {
    const before = await storedOf(roles.sweeper);
    const odd = `p@ss:w/o#rd?%41'"\\`;
    await migrateWith({ [roles.sweeper]: odd });
    const changed = await storedOf(roles.sweeper);
    expect(changed).not.toBe(before);
    await migrateWith({ [roles.sweeper]: odd });
    expect(await storedOf(roles.sweeper)).toBe(changed);
    await migrateWith(testLogins);
  });

  test('a role that may not log in is let in', async () => {
    await database.query(`alter role ${roles.app} nologin`);
    await migrateWith(testLogins);
    expect(await storedOf(roles.app)).toMatch(/^SCRAM-SHA-256/);
  });
});
