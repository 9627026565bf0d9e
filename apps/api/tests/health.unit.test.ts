import { afterEach, describe, expect, test } from '@jest/globals';
import type { Health, HealthCheck } from '../src/deps.js';
import { aHealthReport, anApi, closeApis } from './an-api.js';

afterEach(closeApis);

const ok: HealthCheck = { status: 'ok', required: true };
const since = new Date('2026-01-01T12:00:00Z');
const withHealth = (health: Health) => anApi({ health: () => Promise.resolve(health) });

describe('/health', () => {
  test('says what it is told, byte for byte, and 200 while Ferry does its work', async () => {
    const api = await anApi({ healthReport: () => Promise.resolve({ ...aHealthReport, degraded: ['redis'] }) });
    const { body, headers } = await api.call.get('/health').expect(200);
    expect(body).toEqual({ ...aHealthReport, degraded: ['redis'] });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('says 503 when it is unhealthy', async () => {
    const api = await anApi({ healthReport: () => Promise.resolve({ ...aHealthReport, status: 'unhealthy' }) });
    expect((await api.call.get('/health').expect(503)).body.status).toBe('unhealthy');
  });
});

describe('/health/ready', () => {
  const path = '/health/ready';
  test('says ok when all is well', async () => {
    const api = await withHealth({ ready: true, checks: { postgres: ok } });
    const { body, headers } = await api.call.get(path).expect(200);
    expect(body).toEqual({ status: 'ok', checks: { postgres: { status: 'ok', required: true } } });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('says degraded, and still 200, when something that is not required fails', async () => {
    const redis: HealthCheck = { status: 'error', required: false, since, error: 'does not answer' };
    const api = await withHealth({ ready: true, checks: { postgres: ok, redis } });
    const { body } = await api.call.get(path).expect(200);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { redis: { status: 'error', since: since.toISOString() } },
    });
  });

  test('says 503 and what is lacking when it is not ready', async () => {
    const postgres: HealthCheck = { status: 'error', required: true, since, error: 'does not answer' };
    const api = await withHealth({ ready: false, checks: { postgres, redis: { status: 'error', required: false } } });
    const { body } = await api.call.get(path).expect(503);
    expect(body).toMatchObject({ status: 'error', lacking: ['postgres'] });
  });

  test('says 503 when it is about to stop', async () => {
    const api = await anApi();
    api.stop.abort();
    const { body } = await api.call.get(path).expect(503);
    expect(body.status).toBe('closing');
  });

  test('says 503 when health itself cannot be told', async () => {
    const api = await anApi({ health: () => Promise.reject(new Error('boom')) });
    const { body } = await api.call.get(path).expect(503);
    expect(body).toEqual({ status: 'error', lacking: [], checks: {} });
    expect(api.lines.some(({ level }) => level === 'error')).toBe(true);
  });
});

test('/health/live says ok whatever is lacking', async () => {
  const api = await anApi({ health: () => Promise.reject(new Error('boom')) });
  api.stop.abort();
  const { body } = await api.call.get('/health/live').expect(200);
  expect(body).toEqual({ status: 'ok' });
});
