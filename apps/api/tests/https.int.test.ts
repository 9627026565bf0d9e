import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { makeAuthority, type Certificate } from '../../../scripts/services/services.mjs';
import { certificateOf } from '../src/certificate.js';
import { startHttpServer, type HttpServer } from '../src/http/server.js';

const LOOK_EVERY_MS = 20;

describe('HTTPS of the API', () => {
  const settings = { TLS_CERT_FILE: '', TLS_KEY_FILE: '' };
  let authority: ReturnType<typeof makeAuthority>;
  let directory: string;
  let server: HttpServer;
  beforeEach(async () => {
    authority = makeAuthority();
    directory = mkdtempSync(join(tmpdir(), 'ferry-https-'));
    settings.TLS_CERT_FILE = join(directory, 'tls.crt');
    settings.TLS_KEY_FILE = join(directory, 'tls.key');
    install(authority.issue('localhost'));
    server = await startHttpServer((_request, response) => void response.end('hello'), {
      host: '127.0.0.1',
      port: 0,
      certificate: certificateOf(settings, silentLogger, LOOK_EVERY_MS),
    });
  });
  afterEach(async () => {
    await server.close(1_000);
    authority.remove();
    rmSync(directory, { recursive: true });
  });

  function install({ cert, key }: Pick<Certificate, 'cert' | 'key'>): void {
    copyFileSync(key, settings.TLS_KEY_FILE);
    copyFileSync(cert, settings.TLS_CERT_FILE);
  }

  /** The answer's status, and the fingerprint of the certificate that it came by. */
  function get(ca: string, more: RequestOptions = {}): Promise<{ status: number | undefined; by: string }> {
    const options = { host: 'localhost', port: server.port, ca: readFileSync(ca), agent: false, ...more };
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        const by = (response.socket as TLSSocket).getPeerCertificate().fingerprint256;
        response.resume().on('end', () => resolve({ status: response.statusCode, by }));
      });
      asked.on('error', reject).end();
    });
  }

  test('answers whoever trusts its authority, and by TLS 1.2 or later only', async () => {
    await expect(get(authority.ca)).resolves.toMatchObject({ status: 200 });
    await expect(get(authority.ca, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  test('is refused by whoever trusts another', async () => {
    const stranger = makeAuthority();
    await expect(get(stranger.ca)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    stranger.remove();
  });

  test('says nothing without TLS', async () => {
    const plain = new Promise((resolve, reject) => {
      requestPlain({ host: '127.0.0.1', port: server.port }, resolve).on('error', reject).end();
    });
    await expect(plain).rejects.toThrow(/hang up|ECONNRESET/);
  });

  test('takes a renewed certificate without a restart, and keeps the old one beside a key that is not its own', async () => {
    const { by: first } = await get(authority.ca);
    copyFileSync(authority.issue('localhost').key, settings.TLS_KEY_FILE);
    await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_EVERY_MS));
    expect((await get(authority.ca)).by).toBe(first);
    install(authority.issue('localhost'));
    await eventually('the new one is shown', async () => (await get(authority.ca)).by !== first);
  });

  test('does not start with a key that is not of its certificate', () => {
    copyFileSync(authority.issue('localhost').key, settings.TLS_KEY_FILE);
    expect(() => certificateOf(settings, silentLogger)?.current()).toThrow(/mismatch/);
  });
});
