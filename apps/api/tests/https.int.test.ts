import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@ferry/payments/testing';
import { makeAuthority } from '../../../scripts/services/services.mjs';
import { certificateOf } from '../src/certificate.js';
import type { HttpServer } from '../src/http/server.js';
import { anHttpsServer, FOR_EVER_MS, get, someFiles, type SomeFiles } from './an-https-server.js';

let files: SomeFiles;
let server: HttpServer;
beforeEach(async () => {
  files = someFiles();
  server = await anHttpsServer(files, (_request, response) => void response.end('hello'));
});
afterEach(async () => {
  await server.close(1_000);
  files.remove();
});

const shown = async (): Promise<string> => (await get(server.port, files.authority.ca)).by;
const said = (message: string): readonly string[] =>
  files.lines.filter((line) => line.message === message).map(({ level, fields }) => `${level} ${String(fields.error)}`);
const REFUSED = 'certificate not taken, the old one stays';

describe('HTTPS of the API', () => {
  test('answers whoever trusts its authority, and by TLS 1.2 or later only', async () => {
    await expect(get(server.port, files.authority.ca)).resolves.toMatchObject({ status: 200 });
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const;
    await expect(get(server.port, files.authority.ca, old)).rejects.toThrow();
  });

  test('is refused by whoever trusts another', async () => {
    const stranger = makeAuthority();
    await expect(get(server.port, stranger.ca)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    stranger.remove();
  });

  test('says nothing without TLS', async () => {
    const plain = new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: server.port }, resolve).on('error', reject).end();
    });
    await expect(plain).rejects.toThrow(/hang up|ECONNRESET/);
  });
});

describe('a certificate that changes', () => {
  test('is shown without a restart, and its end is told', async () => {
    const first = await shown();
    files.install(files.authority.issue('localhost'));
    await eventually('the new one is shown', async () => (await shown()) !== first);
    await eventually('and told', () => files.gauges.length === 2);
    const ends = new X509Certificate(readFileSync(files.settings.TLS_CERT_FILE)).validToDate;
    expect(files.gauges.at(-1)).toBe(ends.getTime() / 1000);
    expect(said('certificate read')).toHaveLength(2);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'whose key is another',
      () => copyFileSync(files.authority.issue('localhost').key, files.settings.TLS_KEY_FILE),
      /key values mismatch/,
    ],
    ['that is none', () => writeFileSync(files.settings.TLS_CERT_FILE, 'half a certif'), /no start line/],
    ['that is gone', () => rmSync(files.settings.TLS_CERT_FILE), /ENOENT/],
    ['that has ended', () => files.install(files.authority.issue('localhost', { ended: true })), /it expired on 20/],
  ])('and one %s is said once, and the old one is shown until it is mended', async (_what, harm, why) => {
    const first = await shown();
    harm();
    await eventually('said', () => said(REFUSED).some((line) => why.test(line)));
    expect(await shown()).toBe(first);
    files.install(files.authority.issue('localhost'));
    await eventually('mended', async () => (await shown()) !== first);
    expect(said(REFUSED).filter((line) => why.test(line))).toHaveLength(1);
  });

  test('does not start with a key that is not of its certificate', () => {
    copyFileSync(files.authority.issue('localhost').key, files.settings.TLS_KEY_FILE);
    expect(() => certificateOf(files.settings, files.witnesses)).toThrow(/key values mismatch/);
  });
});

describe('closing HTTPS', () => {
  test('does not wait for a client that spoke TLS and asked for nothing', async () => {
    const client = connect({ port: server.port, host: 'localhost', ca: readFileSync(files.authority.ca) });
    await new Promise((resolve) => client.once('secureConnect', resolve));
    const gone = new Promise((resolve) => client.once('close', resolve).resume());
    await server.close(FOR_EVER_MS);
    await gone;
  });

  test('leaves no client behind that never came to an end with TLS', async () => {
    const client = connectPlain(server.port, '127.0.0.1');
    const gone = new Promise((resolve) => client.once('close', resolve).on('error', () => {}));
    // The first bytes of a handshake, and nothing more.
    await new Promise<void>((resolve) => client.write(Buffer.from('160301', 'hex'), () => resolve()));
    await server.acceptWaiting();
    await server.close(500);
    await gone;
  });

  test('lets a request come to its end', async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
    const slow = await anHttpsServer(files, (_request, response) => {
      onAsked();
      void mayAnswer.then(() => response.end('late'));
    });
    const reply = get(slow.port, files.authority.ca);
    await asked;
    const closed = slow.close(FOR_EVER_MS);
    // Later than the moment in which idle connections are closed.
    setTimeout(answer, 600);
    await expect(reply).resolves.toMatchObject({ status: 200 });
    await closed;
  });
});
