import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock, silentLogger } from '@ferry/kernel';
import type { RateLimit, Standing } from '@ferry/tenancy';
import { FailedAttempts } from '../src/access/failed-attempts.js';
import { keyedPrincipalOf } from '../src/access/keyed.js';
import { aBody, anApi, closeApis } from './an-api.js';

afterEach(closeApis);

const PATH = '/api/v1/payments';
const standing = (policy: RateLimit['policy'], remaining: number, allowed = true): Standing => ({
  limit: { name: 'x', policy, max: 100, windowMs: 60_000 },
  allowed,
  remaining,
  resetsInMs: 41_500,
});

describe('limits', () => {
  test('are told in every answer, refusals too', async () => {
    const api = await anApi({ admit: () => Promise.resolve([standing('key', 9), standing('tenant', 7)]) });
    for (const path of [PATH, `${PATH}/nonsense`]) {
      const { headers } = await api.call.get(path);
      expect(headers['ratelimit-policy']).toBe('"key";q=100;w=60, "tenant";q=100;w=60');
      expect(headers['ratelimit']).toBe('"key";r=9;t=42, "tenant";r=7;t=42');
    }
  });

  test('one too many is 429 with Retry-After, and nothing is done', async () => {
    const api = await anApi({ admit: () => Promise.resolve([standing('key', 0, false)]) });
    const { status, body, headers } = await api.call.post(PATH).send(aBody());
    expect([status, body.code, body.retryable, headers['retry-after']]).toEqual([429, 'rate-limited', true, '42']);
    expect(api.repository.events).toEqual([]);
  });

  test('without limits there are no headers; only new payments spend the quota of payments', async () => {
    const spent: unknown[] = [];
    const api = await anApi({ admit: (_principal, spends) => (spent.push(spends), Promise.resolve([])) });
    const { headers } = await api.call.get(PATH).expect(200);
    await api.call.post(PATH).send(aBody()).expect(201);
    expect(headers['ratelimit']).toBeUndefined();
    expect(spent).toEqual([undefined, 'payment']);
  });
});

describe('failed attempts', () => {
  test('are slowed down after 20 in a minute; who is right comes in all the same', async () => {
    const principal = { kind: 'key', id: 'k', tenantId: 'shop' } as never;
    const lines: string[] = [];
    const principalOf = keyedPrincipalOf({
      keys: {
        authenticate: (key) => Promise.resolve(key === 'right' ? { principal } : { refusal: 'unknown' as const }),
      },
      uses: { note() {} },
      failures: new FailedAttempts(),
      clock: systemClock,
      logger: { ...silentLogger, info: (message) => void lines.push(message) },
    });
    const ask = (key: string, ip = '192.0.2.1') =>
      principalOf({ ip, headers: { authorization: `Bearer ${key}` } } as never).then(
        () => 'in',
        (problem: { code: string; extras: { headers: Record<string, string> } }) => problem.code,
      );
    const answers: string[] = [];
    for (let i = 0; i < 25; i += 1) answers.push(await ask('wrong'));
    expect(answers).toEqual([...Array<string>(20).fill('unauthenticated'), ...Array<string>(5).fill('rate-limited')]);
    expect(lines).toHaveLength(21);
    expect(await ask('right')).toBe('in');
    expect(await ask('wrong', '192.0.2.2')).toBe('unauthenticated');
  });

  test('of one IPv6 network are counted together, and memory is bounded', () => {
    const failures = new FailedAttempts();
    for (let i = 1; i <= 20; i += 1) expect(failures.note(`2001:db8:1:2::${i}`)).toBeUndefined();
    expect(failures.note('2001:db8:1:2:ffff::1')).toMatchObject({ first: true });
    expect(failures.note('2001:db8:1:3::1')).toBeUndefined();
    for (let i = 0; i < 10_000; i += 1) failures.note(`198.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(failures.note('2001:db8:1:2::1')).toBeUndefined();
  });
});
