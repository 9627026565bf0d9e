import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MakeUpkeepStore, UpkeepStore } from '../upkeep-store.js';
import { all, paid } from './paid.js';

const before = new Date('2016-06-01T00:00:00Z');

/** The narrow table forgets, and says between which dates it did. */
export function forgettingReferences(make: MakeUpkeepStore): void {
  describe('references', () => {
    let store: UpkeepStore;
    let tenantId = '';
    beforeEach(async () => {
      store = await make();
      tenantId = await store.newTenant();
    });
    const recorded = async (...dates: string[]): Promise<string[]> => {
      const payments = dates.map((date) => paid(tenantId, date));
      for (const payment of payments) await store.record([payment]);
      return payments.map(({ referenceNumber }) => referenceNumber);
    };
    const found = async (limit = 100): Promise<string[]> =>
      (await store.references.find(before, limit))
        .filter((one) => one.tenantId === tenantId)
        .map(({ referenceNumber }) => referenceNumber);
    const dates = async (): Promise<string[]> => {
      const { first, last } = (await store.forgotten(tenantId)) ?? {};
      return [first, last].map((date) => date?.toISOString().slice(0, 10) ?? '-');
    };

    test('that are old are found, at most so many', async () => {
      const [old] = await recorded('2016-05-31T23:59:59Z', '2016-06-01T00:00:00Z');
      expect(await found()).toEqual([old]);
      expect(await store.references.find(before, 0)).toEqual([]);
    });

    test('are forgotten with the dates of their payments, which grow wider', async () => {
      const [first = '', second = '', third = ''] = await recorded('2016-03-02', '2016-02-01', '2016-04-03');
      expect(await store.references.forget(tenantId, [first], before)).toBe(1);
      expect(await dates()).toEqual(['2016-03-02', '2016-03-02']);
      expect(await store.references.forget(tenantId, [second, third], before)).toBe(2);
      expect(await dates()).toEqual(['2016-02-01', '2016-04-03']);
      expect(await store.known(tenantId)).toEqual([]);
      expect(await store.payments(tenantId)).toHaveLength(3);
    });

    test('that are not old, or of somebody else, stay, and nothing is said of them', async () => {
      const [young = ''] = await recorded('2016-06-02T00:00:00Z');
      const other = await store.newTenant();
      expect(await store.references.forget(tenantId, [young, 'unknown'], before)).toBe(0);
      expect(await store.references.forget(other, [young], new Date())).toBe(0);
      expect(await store.known(tenantId)).toEqual([young]);
      expect(await dates()).toEqual(['-', '-']);
    });

    test('of months that were dropped are not looked for any more', async () => {
      for (const month of ['2016-02', '2016-03'] as const) await store.months.make(month);
      const references = await recorded('2016-02-10', '2016-03-10', '2016-03-20');
      await store.references.forget(tenantId, references, before);
      expect(await all(store.references.tenantsBefore('2016-03'))).toContain(tenantId);
      await store.months.drop('2016-02', { now: new Date(), retentionMonths: 12 });
      await store.references.narrow(tenantId);
      expect(await dates()).toEqual(['2016-03-10', '2016-03-20']);
      expect(await all(store.references.tenantsBefore('2016-03'))).not.toContain(tenantId);
      await store.months.drop('2016-03', { now: new Date(), retentionMonths: 12 });
      await store.references.narrow(tenantId);
      expect(await dates()).toEqual(['-', '-']);
      await store.references.narrow(tenantId);
    });
  });
}
