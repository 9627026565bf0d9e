import { beforeEach, expect, test } from '@jest/globals';
import { HeldUnits, type BusinessUnit } from '@ferry/tenancy';

const units = new Map<string, string[]>();
let asked: string[];
let away: boolean;
let held: HeldUnits;

beforeEach(() => {
  units.clear();
  asked = [];
  away = false;
  held = new HeldUnits({
    units: async (tenantId): Promise<readonly BusinessUnit[]> => {
      if (away) throw new Error('away');
      asked.push(tenantId);
      const ids = ['default', ...(units.get(tenantId) ?? [])];
      return ids.map((id) => ({ tenantId, id, name: id, createdAt: new Date() }));
    },
  });
});

const among = async (tenantId: string, ...named: string[]): Promise<string[]> => [
  ...(await held.among(tenantId, new Set(named))),
];

test('the unit that every tenant has is known without a question', async () => {
  expect(await among('shop', 'default')).toEqual(['default']);
  expect(await among('shop')).toEqual([]);
  expect(asked).toEqual([]);
});

test('what was found once is not asked for again, also while the store is away', async () => {
  units.set('shop', ['north', 'south']);
  expect(await among('shop', 'north')).toEqual(['north']);
  away = true;
  expect(await among('shop', 'south', 'north', 'default')).toEqual(['south', 'north', 'default']);
  await expect(among('bank', 'north')).rejects.toThrow('away');
  expect(asked).toEqual(['shop']);
});

test('what is not known is asked for each time, so that a unit counts as soon as it is added', async () => {
  expect(await among('shop', 'north', 'default')).toEqual(['default']);
  expect(await among('shop', 'north')).toEqual([]);
  units.set('shop', ['north']);
  expect(await among('shop', 'north')).toEqual(['north']);
  expect(await among('bank', 'north')).toEqual([]);
  expect(asked).toEqual(['shop', 'shop', 'shop', 'bank']);
});
