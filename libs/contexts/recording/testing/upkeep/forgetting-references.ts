import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Month } from '../../src/domain/month.js';
import type { MakeUpkeepStore, UpkeepStore } from '../upkeep-store.js';
import { paid } from './paid.js';

const before = new Date('2016-06-01T00:00:00Z');

/** The narrow table forgets, and where the payments are is known as long as they are there. */
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
    const dates = async (): Promise<string[]> =>
      (await store.forgotten(tenantId)).map((date) => date.toISOString().slice(0, 10));
    const drop = (month: Month): Promise<string> => store.months.drop(month, { now: new Date(), retentionMonths: 12 });
    const forgetForGood = async (until: Date): Promise<number> => {
      const hashes = (await store.references.findForgotten(until, 100)).filter((one) => one.tenantId === tenantId);
      return store.references.forgetForGood(
        tenantId,
        hashes.map(({ hash }) => hash),
        until,
      );
    };

    test('that are old are found, at most so many', async () => {
      const [old] = await recorded('2016-05-31T23:59:59Z', '2016-06-01T00:00:00Z');
      expect(await found()).toEqual([old]);
      expect(await store.references.find(before, 0)).toEqual([]);
    });

    test('are forgotten once, and their payments are known by their dates', async () => {
      const [first = '', second = '', third = ''] = await recorded('2016-03-02', '2016-02-01', '2016-04-03');
      expect(await store.references.forget(tenantId, [first], before)).toBe(1);
      expect(await store.references.forget(tenantId, [first, second, third], before)).toBe(2);
      expect(await dates()).toEqual(['2016-02-01', '2016-03-02', '2016-04-03']);
      expect(await store.known(tenantId)).toEqual([]);
      expect(await store.payments(tenantId)).toHaveLength(3);
    });

    test('that are not old, or of somebody else, stay, and nothing is said of them', async () => {
      const [young = ''] = await recorded('2016-06-02T00:00:00Z');
      const other = await store.newTenant();
      expect(await store.references.forget(tenantId, [young, 'unknown'], before)).toBe(0);
      expect(await store.references.forget(other, [young], new Date())).toBe(0);
      expect(await store.known(tenantId)).toEqual([young]);
      expect(await dates()).toEqual([]);
    });

    test('whose payment is there are not forgotten for good, however old it is', async () => {
      await store.references.forget(tenantId, await recorded('2016-02-10'), before);
      expect(await forgetForGood(new Date('2016-03-01'))).toBe(0);
      expect(await dates()).toEqual(['2016-02-10']);
    });

    test('of a month that came again stay: its payments may be on their way back', async () => {
      await store.months.make('2016-02');
      await store.references.forget(tenantId, await recorded('2016-02-10'), before);
      expect(await drop('2016-02')).toBe('dropped');
      await store.months.make('2016-02');
      expect(await forgetForGood(before)).toBe(0);
      expect(await drop('2016-02')).toBe('dropped');
      expect(await forgetForGood(before)).toBe(1);
    });

    test('of months that were dropped are forgotten for good', async () => {
      for (const month of ['2016-02', '2016-03'] as const) await store.months.make(month);
      await store.references.forget(tenantId, await recorded('2016-02-10', '2016-03-10', '2016-03-20'), before);
      for (const month of ['2016-02', '2016-03'] as const) expect(await drop(month)).toBe('dropped');
      expect(await forgetForGood(new Date('2016-03-01'))).toBe(1);
      expect(await dates()).toEqual(['2016-03-10', '2016-03-20']);
      const other = await store.newTenant();
      const [one] = (await store.references.findForgotten(before, 100)).filter((hash) => hash.tenantId === tenantId);
      expect(await store.references.forgetForGood(other, [one?.hash ?? ''], before)).toBe(0);
      expect(await forgetForGood(before)).toBe(2);
      expect(await dates()).toEqual([]);
    });
  });
}
