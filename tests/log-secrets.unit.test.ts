import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatKeyText, newKeyText } from '@ferry/tenancy';
import { searchLogs } from '../scripts/log-secrets.mjs';
import {
  newSecret,
  recordEmbeddedPasswords,
  recordEnvironment,
  recordProcess,
  recordSecret,
} from './harness/record.js';

/** The last step of `npm test`, which must be able to fail. */
describe('secrets in logs', () => {
  const outside = process.env.FERRY_TEST_RECORD;
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ferry-log-secrets-'));
    process.env.FERRY_TEST_RECORD = directory;
    mkdirSync(join(directory, 'logs'));
  });
  afterEach(() => {
    if (outside === undefined) delete process.env.FERRY_TEST_RECORD;
    else process.env.FERRY_TEST_RECORD = outside;
    rmSync(directory, { recursive: true, force: true });
  });
  const write = (name: string, ...lines: readonly string[]): void =>
    writeFileSync(join(directory, 'logs', name), lines.map((line) => `${line}\n`).join(''));
  const logLine = (fields: object): string =>
    JSON.stringify({ timestamp: new Date().toISOString(), level: 'info', message: 'm', ...fields });
  const leaks = (): readonly string[] => searchLogs(directory).leaks;
  const key = formatKeyText(newKeyText('live'));

  test('lines without any are counted and pass', () => {
    newSecret();
    write(
      'api.log',
      logLine({ prefix: key.slice(0, 20), hash: 'a'.repeat(64) }),
      logLine({ url: 'postgres://[redacted]@h/d', example: 'postgres://a:secret@h/d' }),
    );
    expect(searchLogs(directory)).toEqual({ streams: 1, lines: 2, secrets: 1, leaks: [] });
  });

  test.each([
    ['a key that nobody noted', () => key, /api\.log:2: an API key/],
    ['its secret alone', () => key.split('_')[3] as string, /api\.log:2: the secret of an API key/],
    ['a token', () => `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln`, /api\.log:2: a JSON Web Token/],
    ['a password in a URL', () => 'amqp://guest:guest@localhost', /api\.log:2: a password in a URL/],
    ['a secret of a test', () => recordSecret('correct "horse" battery'), /api\.log:2: a secret of the tests/],
    ['a new one', () => newSecret(), /api\.log:2: a secret of the tests/],
  ])('%s is found, with its place', (_what, secret, found) => {
    write('api.log', logLine({}), logLine({ told: secret() }));
    expect(leaks()).toContainEqual(expect.stringMatching(found));
  });

  test('a command may print a new key and may not log it', () => {
    write('cli.out', JSON.stringify({ tenant_id: 'shop', key }), `its key, shown this once: ${key}`);
    expect(leaks()).toEqual([]);
    write('api.log', logLine({ message: `refused ${key.split('_')[3] ?? ''}x` }));
    expect(leaks()).toContainEqual(expect.stringMatching(/api\.log:1: a secret of the tests/));
    write('cli.out', logLine({ key }));
    expect(leaks()).toContainEqual(expect.stringMatching(/cli\.out:1: an API key/));
  });

  test('settings of processes are secrets: passwords, keys, and what stands in URLs', () => {
    const [password, sealing, inUrl, embedded] = ['p', 's', 'u', 'e'].map((one) => one.repeat(20)) as [
      string,
      string,
      string,
      string,
    ];
    recordEnvironment({
      FERRY_APP_PASSWORD: password,
      FERRY_ENCRYPTION_KEYS: `k1:${sealing}`,
      DATABASE_URL: `postgres://ferry_app:${inUrl}@localhost/payments`,
      PORT: '0'.repeat(20),
    });
    writeFileSync(join(directory, 'secrets.json'), JSON.stringify({ ferry_app: embedded }));
    recordEmbeddedPasswords(directory);
    write('worker.log', ...[password, sealing, inUrl, embedded, '0'.repeat(20)].map((told) => logLine({ told })));
    expect(leaks().map((leak) => leak.split(':')[1])).toEqual(['1', '2', '3', '4']);
  });

  test('what a process writes is kept to the letter, on both streams', async () => {
    const script = `console.log('out ${key}'); console.error('err ${key}')`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    recordProcess(child, 'api', 'server');
    await new Promise((resolve) => child.once('close', resolve));
    expect(leaks().map((leak) => leak.replace(/-\d+-\w{8}-/, ' '))).toEqual(
      expect.arrayContaining(['api stderr.log:1: an API key', 'api stdout.log:1: an API key']),
    );
  });
});
