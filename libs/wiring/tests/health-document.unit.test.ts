import { describe, expect, test } from '@jest/globals';
import { healthDocument } from '../src/health-document.js';
import { HeldStanding } from '../src/held-standing.js';
import type { HealthCheck } from '../src/readiness.js';

const ok: HealthCheck = { status: 'ok', required: true };
const away: HealthCheck = { status: 'degraded', required: false, error: 'not connected' };
const countedAt = new Date('2026-02-28T12:00:00Z');

describe('the document of /health', () => {
  test('has the fields of the source design, and no others among its checks', () => {
    const standing = { waiting: 42, lastRunAt: new Date('2026-02-28T11:59:00Z'), countedAt };
    const checks = { database: ok, kafka: { ...ok, required: false }, redis: away, rabbitmq: away };
    const document = healthDocument({ ready: true, checks }, standing, false);
    expect(document).toMatchObject({ status: 'healthy', lacking: [], degraded: ['redis', 'rabbitmq'] });
    expect(document.checks).toStrictEqual({
      database: 'ok',
      kafka: 'ok',
      redis: 'error',
      staging_backlog: 42,
      last_staging_run: '2026-02-28T11:59:00.000Z',
    });
    expect(document.details).toMatchObject({ redis: away, staging: { status: 'counted', counted_at: countedAt } });
  });

  test.each(['kafka', 'redis'] as const)('is healthy without %s, and names it', (name) => {
    const checks = { database: ok, [name]: away };
    const { status, checks: words, degraded } = healthDocument({ ready: true, checks }, undefined, false);
    expect([status, words[name], words.database, degraded]).toEqual(['healthy', 'error', 'ok', [name]]);
  });

  test('says what is not configured, and takes it for no error', () => {
    const { status, checks, details } = healthDocument({ ready: true, checks: { database: ok } }, undefined, false);
    expect([status, checks.kafka, checks.redis, checks.last_staging_run]).toEqual(['healthy', 'ok', 'ok', 'never']);
    for (const name of ['kafka', 'redis', 'rabbitmq']) expect(details[name]?.status).toBe('not-configured');
    expect(details['staging']).toEqual({ status: 'not-counted' });
  });

  test('is unhealthy without its database, and names it', () => {
    const checks = { database: { status: 'error', required: true } as const };
    expect(healthDocument({ ready: false, checks }, undefined, false)).toMatchObject({
      status: 'unhealthy',
      checks: { database: 'error' },
      lacking: ['database'],
    });
  });

  test('is unhealthy while it closes, and says so', () => {
    const document = healthDocument({ ready: true, checks: { database: ok } }, undefined, true);
    expect(document).toMatchObject({ status: 'unhealthy', closing: true, lacking: [] });
  });

  test('does not take a database it was not told of for a good one', () => {
    expect(healthDocument({ ready: false, checks: {} }, undefined, false).checks.database).toBe('error');
  });
});

describe('the standing that is held', () => {
  const standing = { waiting: 1, lastRunAt: undefined, countedAt };

  test('is read once for all who ask within its time', async () => {
    let reads = 0;
    const held = new HeldStanding({ read: async () => ({ ...standing, waiting: (reads += 1) }) }, 60_000);
    expect([await held.read(), await held.read()].map((one) => one?.waiting)).toEqual([1, 1]);
  });

  test('is what it was while it cannot be read', async () => {
    const answers = [() => Promise.resolve(standing), () => Promise.reject(new Error('away'))];
    const held = new HeldStanding({ read: () => answers.shift()?.() ?? Promise.resolve(undefined) }, -1);
    expect([await held.read(), await held.read(), await held.read()]).toEqual([standing, standing, standing]);
    const never = new HeldStanding({ read: () => Promise.reject(new Error('away')) });
    expect(await never.read()).toBeUndefined();
  });
});
