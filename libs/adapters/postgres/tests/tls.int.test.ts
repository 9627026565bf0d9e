import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger, silentMeter } from '@ferry/kernel';
import { Database } from '@ferry/postgres';
import { makeAuthority, startPostgres, type UrlService } from '../../../../scripts/services/services.mjs';
import { makeDatabase, type TestDatabase } from '../../../../tests/harness/postgres.js';
import { describeWithOwn } from '../../../../tests/harness/services.js';

describeWithOwn(['postgres'], 'PostgreSQL by TLS', () => {
  const authority = makeAuthority();
  const stranger = makeAuthority();
  let service: UrlService;
  let database: TestDatabase;
  beforeAll(async () => {
    service = await startPostgres({ tls: authority.issue('localhost') });
    const admin = (name: string): string => withTls(service.url, authority.ca, name);
    // Migrates by TLS too.
    database = await makeDatabase({ admin, close: async () => {} });
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    await service?.stop();
    authority.remove();
    stranger.remove();
  });

  function withTls(url: string, ca: string, database: string): string {
    const at = Object.assign(new URL(url), { pathname: `/${database}` });
    at.search = String(new URLSearchParams({ sslmode: 'verify-full', sslrootcert: ca }));
    return at.toString();
  }

  async function ask(url: string): Promise<unknown> {
    const one = new Database({ url, poolMax: 1, applicationName: 'tls' }, silentLogger, silentMeter);
    try {
      return await one.transaction((session) =>
        session.rows({ text: 'select ssl, version from pg_stat_ssl where pid = pg_backend_pid()' }),
      );
    } catch (error) {
      throw (error as Error).cause ?? error;
    } finally {
      await one.close();
    }
  }

  test('connects, with the authority that signed the server', async () => {
    await expect(ask(database.appUrl)).resolves.toEqual([{ ssl: true, version: 'TLSv1.3' }]);
  });

  test('refuses a server that another authority signed', async () => {
    await expect(ask(withTls(database.appUrl, stranger.ca, database.name))).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  test('refuses a certificate for another name', async () => {
    const impostor = await startPostgres({ tls: authority.issue('db.example') });
    try {
      await expect(ask(withTls(impostor.url, authority.ca, 'postgres'))).rejects.toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    } finally {
      await impostor.stop();
    }
  });

  test('is refused without TLS', async () => {
    const plain = Object.assign(new URL(database.appUrl), { search: '' }).toString();
    await expect(ask(plain)).rejects.toThrow(/no pg_hba.conf entry .* no encryption/);
  });
});
