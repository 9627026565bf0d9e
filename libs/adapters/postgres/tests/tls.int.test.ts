import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, silentMeter, Unavailable } from '@ferry/kernel';
import { bootstrapSql, migrations, roles } from '@ferry/migrations';
import { Database, migrate } from '@ferry/postgres';
import { makeAuthority, startPostgres, type UrlService } from '../../../../scripts/services/services.mjs';
import { makeDatabase, type TestDatabase } from '../../../../tests/harness/postgres.js';
import { describeWithOwn } from '../../../../tests/harness/services.js';
import { probe } from '../src/probe.js';
import { serverAt } from '../src/server-at.js';

function withTls(url: string, ca: string, database = 'postgres'): string {
  const at = Object.assign(new URL(url), { pathname: `/${database}`, hostname: 'localhost' });
  at.search = String(new URLSearchParams({ sslmode: 'verify-full', sslrootcert: ca }));
  return at.toString();
}

/** What the server says of a connection of the pool that api and worker have. */
async function ask(url: string): Promise<unknown> {
  const options = { url, poolMax: 1, applicationName: 'tls', awayAfterMs: 60_000 };
  const one = new Database(options, silentLogger, silentMeter);
  try {
    return await one.transaction((session) =>
      session.rows({ text: 'select ssl, version from pg_stat_ssl where pid = pg_backend_pid()' }),
    );
  } finally {
    await one.close();
  }
}

/** Away, as a server that is down: payments wait, none is given up. */
async function expectRefused(url: string, cause: object): Promise<void> {
  const error = await ask(url).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Unavailable);
  expect((error as Unavailable).cause).toMatchObject(cause);
}

describeWithOwn(['postgres'], 'PostgreSQL by TLS', () => {
  const authority = makeAuthority();
  const stranger = makeAuthority();
  let service: UrlService;
  let database: TestDatabase;
  beforeAll(async () => {
    service = await startPostgres({ tls: authority.issue('localhost') });
    // Migrates by TLS too: the server admits nobody without.
    const admin = (name: string): string => withTls(service.url, authority.ca, name);
    database = await makeDatabase({ admin, close: async () => {} });
  });
  afterAll(async () => {
    await database?.close();
    await service?.stop();
    authority.remove();
    stranger.remove();
  });
  const byStranger = (): string => withTls(database.appUrl, stranger.ca, database.name);
  const unverified = { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' };

  test('apps and sweepers connect, with the authority that signed the server', async () => {
    const byTls = [{ ssl: true, version: 'TLSv1.3' }];
    await expect(ask(database.appUrl)).resolves.toEqual(byTls);
    await expect(ask(database.sweeperUrl)).resolves.toEqual(byTls);
  });

  test('a server that another authority signed is refused', () => expectRefused(byStranger(), unverified));

  test('and so it is by a migration', async () => {
    const logins = { [roles.app]: 'never-set' };
    const options = { url: byStranger(), migrations, bootstrap: bootstrapSql, ownerRole: roles.owner, logins };
    await expect(migrate(options, silentLogger)).rejects.toMatchObject(unverified);
  });

  test('without an authority of ours it is refused: the public ones did not sign it', () =>
    expectRefused(Object.assign(new URL(byStranger()), { search: '?sslmode=verify-full' }).toString(), unverified));

  test('whoever does not ask for TLS is refused by the server', async () => {
    const plain = Object.assign(new URL(database.appUrl), { search: '' }).toString();
    await expect(ask(plain)).rejects.toThrow(/no pg_hba.conf entry .* no encryption/);
  });

  test('a probe finds the server alive, also when its certificate has become another', async () => {
    await probe(serverAt(database.appUrl), 10_000);
    await probe(serverAt(byStranger()), 10_000);
    await service.kill();
    await expect(probe(serverAt(database.appUrl), 10_000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await service.restart();
  });

  describe('another server', () => {
    async function using(options: Parameters<typeof startPostgres>[0], work: (url: string) => Promise<void>) {
      const other = await startPostgres(options);
      try {
        await work(withTls(other.url, authority.ca));
      } finally {
        await other.stop();
      }
    }

    test('with a certificate for another name is refused', () =>
      using({ tls: authority.issue('db.example') }, (url) =>
        expectRefused(url, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      ));

    test('that speaks no TLS is sent nothing', () =>
      using({}, (url) => expectRefused(url, { message: 'The server does not support SSL connections' })));
  });
});
