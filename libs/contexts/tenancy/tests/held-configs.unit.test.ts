import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { defaultConfig, HeldConfigs, type StoredConfig } from '@ferry/tenancy';

let asked: string[];
let away: boolean;
let held: HeldConfigs;
let nowMs: number;

beforeEach(() => {
  asked = [];
  away = false;
  nowMs = 1_000;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  held = new HeldConfigs({
    load: async (tenantId): Promise<StoredConfig> => {
      if (away) throw new Error('away');
      asked.push(tenantId);
      return { config: defaultConfig, version: asked.length };
    },
  });
});
afterEach(() => void jest.restoreAllMocks());

const versions = async (...tenants: string[]): Promise<number[]> =>
  (await Promise.all(tenants.map((tenantId) => held.load(tenantId)))).map(({ version }) => version);

test('is read once for all that ask at the same time, for each tenant', async () => {
  expect(await versions('shop', 'shop', 'bank', 'shop')).toEqual([1, 1, 2, 1]);
  expect(asked).toEqual(['shop', 'bank']);
});

test('is 5 s old at most', async () => {
  await versions('shop');
  nowMs += 5_000;
  expect(await versions('shop')).toEqual([1]);
  nowMs += 1;
  expect(await versions('shop')).toEqual([2]);
});

test('a failure is told and not remembered; what is too old is not given instead', async () => {
  await versions('shop');
  away = true;
  expect(await versions('shop')).toEqual([1]);
  nowMs += 5_001;
  await expect(held.load('shop')).rejects.toThrow('away');
  away = false;
  expect(await versions('shop')).toEqual([2]);
});
