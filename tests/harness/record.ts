import { createHash, randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { URL } from 'node:url';

/**
 * What the processes of one run of `npm test` wrote, and which secrets the run made: scripts/log-secrets.mjs looks for these in
 * those when all is over. Outside of `npm test` nothing is kept.
 */
const directoryOf = (): string | undefined => process.env.FERRY_TEST_RECORD || undefined;

/** Shorter ones are words, and words are in every log. */
const SECRET_LENGTH_MIN = 12;

/** From now on no log may hold it. Returns it. */
export function recordSecret(secret: string): string {
  const directory = directoryOf();
  if (directory !== undefined && secret.length >= SECRET_LENGTH_MIN)
    appendFileSync(join(directory, 'secrets'), `${JSON.stringify(secret)}\n`);
  return secret;
}

/** A password, a webhook's secret or the like, of which nothing may be in a log. */
export const newSecret = (): string => recordSecret(randomBytes(18).toString('hex'));

/** Passwords, keys to encrypt with, and what stands before the @ of a URL. */
export function recordEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (/PASSWORD|SECRET|TOKEN|_KEY\b/.test(name)) recordSecret(value);
    // `id:secret,id:secret`
    if (/ENCRYPTION_KEYS/.test(name)) for (const one of value.split(',')) recordSecret(one.replace(/^[^:]*:/, ''));
    if (/^\w+:\/\//.test(value)) recordSecret(passwordOf(value));
  }
}

function passwordOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).password);
  } catch {
    return '';
  }
}

/** The passwords that an embedded database made for itself. */
export function recordEmbeddedPasswords(dataDirectory: string | undefined): void {
  const file = join(dataDirectory ?? '', 'secrets.json');
  if (dataDirectory === undefined || directoryOf() === undefined || !existsSync(file)) return;
  for (const value of Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>))
    recordSecret(String(value));
}

/**
 * Copies what a process writes. `output`: its standard output is for whoever called it, like a new key that is shown this once;
 * of that only the log lines count, and the keys in the rest are secrets that it made.
 */
export function recordProcess(child: ChildProcess, name: string, kind: 'server' | 'output'): void {
  const directory = directoryOf();
  if (directory === undefined || child.pid === undefined) return;
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const unique = createHash('sha256').update(`${child.pid} ${performance.now()}`).digest('hex').slice(0, 8);
  for (const [stream, suffix] of [
    [child.stdout, kind === 'output' ? 'out' : 'log'],
    [child.stderr, 'log'],
  ] as const) {
    if (!stream) continue;
    const source = stream === child.stdout ? 'stdout' : 'stderr';
    const file = openSync(join(directory, 'logs', `${name}-${child.pid}-${unique}-${source}.${suffix}`), 'w');
    stream.on('data', (chunk: Buffer) => writeSync(file, chunk));
    stream.once('close', () => closeSync(file));
  }
}
