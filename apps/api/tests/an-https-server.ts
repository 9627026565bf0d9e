import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { silentLogger, type LogFields } from '@ferry/kernel';
import { makeAuthority, type Certificate } from '../../../scripts/services/services.mjs';
import { certificateOf } from '../src/certificate.js';
import { startHttpServer, type HttpServer } from '../src/http/server.js';

/** An authority, the two files that the server reads, and what it says of them. */
export function someFiles() {
  const authority = makeAuthority();
  const directory = mkdtempSync(join(tmpdir(), 'ferry-https-'));
  const settings = { TLS_CERT_FILE: join(directory, 'tls.crt'), TLS_KEY_FILE: join(directory, 'tls.key') };
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const gauges: number[] = [];
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  const witnesses = {
    logger: { ...silentLogger, info: write('info'), warn: write('warn') },
    meter: { count() {}, observe() {}, gauge: (_name: string, value: number) => void gauges.push(value) },
  };
  const install = ({ cert, key }: Pick<Certificate, 'cert' | 'key'>): void => {
    copyFileSync(key, settings.TLS_KEY_FILE);
    copyFileSync(cert, settings.TLS_CERT_FILE);
  };
  install(authority.issue('localhost'));
  const remove = (): void => {
    authority.remove();
    rmSync(directory, { recursive: true });
  };
  return { authority, settings, witnesses, lines, gauges, install, remove };
}

export type SomeFiles = ReturnType<typeof someFiles>;

/** Far beyond what a test may take: who waits for it has failed. */
export const FOR_EVER_MS = 600_000;

/** The server of the API by these files, which it looks at every few milliseconds. No time-out of its own ends a connection. */
export const anHttpsServer = (files: SomeFiles, app: RequestListener): Promise<HttpServer> =>
  startHttpServer(app, {
    host: '127.0.0.1',
    port: 0,
    certificate: certificateOf(files.settings, files.witnesses, 10),
    bounds: { headersTimeout: FOR_EVER_MS, requestTimeout: FOR_EVER_MS, handshakeTimeout: FOR_EVER_MS },
  });

/** The answer's status, and the fingerprint of the certificate that it came by. */
export function get(
  port: number,
  ca: string,
  more: RequestOptions = {},
): Promise<{ status: number | undefined; by: string }> {
  const options = { host: 'localhost', port, ca: readFileSync(ca), agent: false, ...more };
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      const by = (response.socket as TLSSocket).getPeerCertificate().fingerprint256;
      response.resume().on('end', () => resolve({ status: response.statusCode, by }));
    });
    asked.on('error', reject).end();
  });
}
