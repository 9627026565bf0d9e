import { describe, expect, test } from '@jest/globals';
import { apiSettings, BadSettings, engineSettings, notRead, readSettings, workerSettings } from '@ferry/wiring';

const specs = { ...engineSettings, ...workerSettings, ...apiSettings };
const minimal = {
  DATABASE_URL: 'postgres://ferry_app:secret@localhost:5432/payments',
  DATABASE_SWEEPER_URL: 'postgres://ferry_sweeper:secret@localhost:5432/payments',
};
const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readSettings(specs, environment);
    return [];
  } catch (error) {
    return (error as BadSettings).problems;
  }
};

describe('settings', () => {
  test('what is not set has its default, empty counts as not set, the rest of the environment is not read', () => {
    const settings = readSettings(specs, { ...minimal, RABBITMQ_URL: '', WORKER_PREFETCH: '', HOME: '/root' });
    expect(settings).toMatchObject({ WORKER_PREFETCH: 100, PORT: 8080, METRICS_PORT: 9090, ENABLE_METRICS: true });
    expect(settings.RABBITMQ_URL).toBeUndefined();
    expect(settings).not.toHaveProperty('HOME');
  });

  test('every mistake is reported at once, with its variable and its rule', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://x',
      PORT: '80800',
      WORKER_PREFETCH: '1.5',
      SIMULATED_SUCCESS_RATE: '2',
      KAFKA_BROKERS: 'localhost',
      LOG_LEVEL: 'loud',
      FERRY_AUTH: 'some',
    });
    const names = ['DATABASE_SWEEPER_URL', 'DATABASE_URL', 'FERRY_AUTH', 'KAFKA_BROKERS', 'LOG_LEVEL', 'PORT'];
    expect(problems.map((problem) => problem.split(':')[0] ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      ...names,
      'SIMULATED_SUCCESS_RATE',
      'WORKER_PREFETCH',
    ]);
    expect(problems.find((problem) => problem.startsWith('DATABASE_SWEEPER_URL'))).toMatch(
      /is required .*for example postgres:/,
    );
    expect(problems.find((problem) => problem.startsWith('PORT'))).toMatch(/whole number from 0 to 65535, not "80800"/);
  });

  test('a program that reads only some of the settings is checked for those', () => {
    const { WORKER_PREFETCH } = workerSettings;
    expect(readSettings({ WORKER_PREFETCH }, {})).toEqual({ WORKER_PREFETCH: 100 });
  });

  test('a password in a bad URL is not repeated', () => {
    expect(problemsOf({ ...minimal, DATABASE_URL: 'http://user:hunter2@host/' }).join()).not.toContain('hunter2');
  });

  test('what has another name here is told of by its name alone, and what is nobody’s is not', () => {
    expect(
      notRead({ DB_PASSWORD: 'hunter2', REDIS_HOST: 'redis', KAFKA_TOPIC: '', REDIS_PORT: 'tcp://10.0.0.1:6379' }),
    ).toEqual(['DB_PASSWORD is not read: set DATABASE_URL', 'REDIS_HOST is not read: set REDIS_URL']);
  });

  test.each([
    [
      { RAIL_TIMEOUT_MS: '20000', LEASE_MS: '20000' },
      /^LEASE_MS: must be at least 2 x RAIL_TIMEOUT_MS \+ 5000 \(45000\), not 20000/,
    ],
    [{ RETRY_BASE_MS: '5000', RETRY_MAX_MS: '4000' }, /^RETRY_MAX_MS: must be at least RETRY_BASE_MS/],
    [{ DB_POOL_MIN: '20', DB_POOL_MAX: '10' }, /^DB_POOL_MAX/],
    [{ FERRY_AUTH: 'none', NODE_ENV: 'production' }, /^FERRY_AUTH: none is refused/],
    [{ PARTITION_EXPIRY: 'archive' }, /^PARTITION_EXPIRY: archive needs PARTITION_ARCHIVE_DIR/],
    [{ TRUST_PROXY: '10.0.0.0/8,everybody' }, /^TRUST_PROXY: must be addresses .* not "everybody"/],
    [{ TRUST_PROXY: '10.0.0.1,0.0.0.0/0' }, /^TRUST_PROXY: must not be "0.0.0.0\/0": every client could then choose/],
    [{ TRUST_PROXY: '::/0' }, /^TRUST_PROXY: must not be "::\/0"/],
  ])('settings that contradict each other are refused: %j', (environment, problem) => {
    expect(problemsOf({ ...minimal, ...environment })).toEqual([expect.stringMatching(problem)]);
  });
});
