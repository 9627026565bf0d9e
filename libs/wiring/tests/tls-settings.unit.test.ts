import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiSettings, BadSettings, engineSettings, readSettings } from '@ferry/wiring';
import { makeAuthority } from '../../../scripts/services/services.mjs';

const specs = { ...engineSettings, ...apiSettings };
const DATABASE_URL = 'postgres://ferry_app:hunter2@db.example:5432/payments';
const read = (environment: NodeJS.ProcessEnv) => readSettings(specs, { DATABASE_URL, ...environment });
const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    read(environment);
    return [];
  } catch (error) {
    return (error as BadSettings).problems;
  }
};

describe('settings of TLS', () => {
  const authority = makeAuthority();
  const { cert, key, ca } = authority.issue('localhost');
  const directory = mkdtempSync(join(tmpdir(), 'ferry-pem-'));
  const { key: another } = authority.issue('localhost');
  const hunter2Key = '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----';
  const kafka = { KAFKA_BROKERS: 'kafka:9093' };
  const garbage = join(directory, 'garbage.pem');
  beforeAll(() => writeFileSync(garbage, 'no certificate'));
  afterAll(() => {
    authority.remove();
    rmSync(directory, { recursive: true });
  });

  test('what belongs together passes', () => {
    const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'ferry', KAFKA_PASSWORD: 'hunter2' };
    const settings = read({
      ...sasl,
      ...kafka,
      TLS_CERT_FILE: cert,
      TLS_KEY_FILE: key,
      KAFKA_TLS: 'true',
      KAFKA_CA_FILE: ca,
      RABBITMQ_URL: 'amqps://guest:guest@mq/',
      RABBITMQ_CA_FILE: ca,
      REDIS_URL: 'REDISS://redis',
      REDIS_CA_FILE: ca,
      DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full&sslrootcert=${ca}`,
    });
    expect(settings).toMatchObject({ ...sasl, TLS_KEY_FILE: key, KAFKA_TLS: true });
    expect(settings.KAFKA_CA_FILE).toMatch(/BEGIN CERTIFICATE/);
  });

  test.each<[NodeJS.ProcessEnv, RegExp]>([
    [{ TLS_KEY_FILE: key }, /^TLS_KEY_FILE: needs TLS_CERT_FILE/],
    [{ TLS_CERT_FILE: cert }, /^TLS_CERT_FILE: needs TLS_KEY_FILE/],
    [{ TLS_CERT_FILE: '/nowhere.pem', TLS_KEY_FILE: key }, /^TLS_CERT_FILE: is no file that can be read \(ENOENT\)/],
    [{ TLS_CERT_FILE: cert, TLS_KEY_FILE: hunter2Key }, /^TLS_KEY_FILE: is no file that can be read \(ENOENT\)/],
    [{ TLS_CERT_FILE: cert, TLS_KEY_FILE: another }, /^TLS_KEY_FILE: cannot be used .*\(key values mismatch\)/],
    [
      { TLS_CERT_FILE: garbage, TLS_KEY_FILE: key },
      /^TLS_KEY_FILE: cannot be used with TLS_CERT_FILE \(no start line\)/,
    ],
    [{ ...kafka, KAFKA_TLS: 'true', KAFKA_CA_FILE: garbage }, /^KAFKA_CA_FILE: holds no certificate/],
    [{ ...kafka, KAFKA_CA_FILE: ca }, /^KAFKA_CA_FILE: needs KAFKA_TLS/],
    [{ KAFKA_TLS: 'true' }, /^KAFKA_TLS: needs KAFKA_BROKERS/],
    [
      { ...kafka, KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_USERNAME: 'ferry' },
      /^KAFKA_SASL_MECHANISM: needs KAFKA_PASSWORD/,
    ],
    [
      { ...kafka, KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_PASSWORD: 'hunter2' },
      /^KAFKA_SASL_MECHANISM: needs KAFKA_USERNAME/,
    ],
    [{ KAFKA_USERNAME: 'ferry' }, /^KAFKA_USERNAME: needs KAFKA_SASL_MECHANISM/],
    [{ KAFKA_PASSWORD: 'hunter2' }, /^KAFKA_PASSWORD: needs KAFKA_SASL_MECHANISM/],
    [
      { ...kafka, KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'ferry', KAFKA_PASSWORD: 'hunter2' },
      /^KAFKA_SASL_MECHANISM: plain .* needs KAFKA_TLS=true/,
    ],
    [{ RABBITMQ_CA_FILE: ca, RABBITMQ_URL: 'amqp://guest:hunter2@mq/' }, /^RABBITMQ_CA_FILE: .* amqps:\/\//],
    [{ REDIS_CA_FILE: ca }, /^REDIS_CA_FILE: .* rediss:\/\//],
    [{ DATABASE_URL: `${DATABASE_URL}?sslmode=require` }, /^DATABASE_URL: sslmode must be disable or verify-full/],
    [{ DATABASE_URL: `${DATABASE_URL}?sslrootcert=${ca}` }, /^DATABASE_URL: sslrootcert needs sslmode=verify-full/],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmode=disable&sslrootcert=${ca}` },
      /^DATABASE_URL: sslrootcert needs sslmode=verify-full/,
    ],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full&sslmode=no-verify` },
      /^DATABASE_URL: sslmode is given twice/,
    ],
    [{ DATABASE_URL: `${DATABASE_URL}?ssl=no-verify` }, /^DATABASE_URL: ssl is not understood; use sslmode/],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full&uselibpqcompat=true` },
      /^DATABASE_URL: uselibpqcompat is not understood/,
    ],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full&sslrootcert=/nowhere.pem` },
      /^DATABASE_URL: sslrootcert is no file that can be read \(ENOENT\)/,
    ],
    [
      { DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full&sslrootcert=${garbage}` },
      /^DATABASE_URL: sslrootcert holds no certificate/,
    ],
    [
      { DATABASE_URL: 'postgres://a:hunter2@10.0.0.1/p?sslmode=verify-full' },
      /^DATABASE_URL: .* needs a host name, not an address/,
    ],
  ])('%j is refused', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
    expect(problemsOf(environment).join()).not.toContain('hunter2');
  });
});
