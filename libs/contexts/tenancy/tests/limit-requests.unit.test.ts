import { expect, test } from '@jest/globals';
import {
  defaultConfig,
  limitsOf,
  LimitRequests,
  nobody,
  type RateLimit,
  type StoredConfig,
  type TenantConfig,
} from '@ferry/tenancy';

const principal = { ...nobody('shop'), kind: 'key' as const, id: 'k1', requestsPerMinute: 60 };
const limits: TenantConfig['limits'] = { amountMaxMinor: {}, requestsPerMinute: 600, paymentsPerDay: 1_000 };

test('a request is held to the limits that there are, payments to their quota too', () => {
  const names = (spends?: 'payment') => limitsOf(principal, limits, spends).map(({ name, max }) => `${name} ${max}`);
  expect(names()).toEqual(['shop:key:k1 60', 'shop:tenant 600']);
  expect(names('payment')).toEqual(['shop:key:k1 60', 'shop:tenant 600', 'shop:payments 1000']);
  expect(limitsOf(nobody('shop'), defaultConfig.limits, 'payment')).toEqual([]);
});

test('the first limit that refuses ends it: the others are not spent', async () => {
  const taken: string[] = [];
  const take = async (limit: RateLimit) => {
    taken.push(limit.policy);
    return { limit, allowed: limit.policy !== 'tenant', remaining: 0, resetsInMs: 1 };
  };
  const load = (): Promise<StoredConfig> => Promise.resolve({ config: { ...defaultConfig, limits }, version: 1 });
  const standings = await new LimitRequests({ take }, { load }).admit(principal, 'payment');
  expect(taken).toEqual(['key', 'tenant']);
  expect(standings.map(({ allowed }) => allowed)).toEqual([true, false]);
});
