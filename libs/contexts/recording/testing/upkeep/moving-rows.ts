import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MakeUpkeepStore, UpkeepStore } from '../upkeep-store.js';
import { moneyOf } from '../builders.js';
import { all, byId, paid } from './paid.js';

const MONTH = '2016-02';

/** Payments leave the store as lines and come back as they were. */
export function movingRows(make: MakeUpkeepStore): void {
  describe('rows of a month', () => {
    let store: UpkeepStore;
    let [one, other]: string[] = [];
    beforeEach(async () => {
      store = await make();
      [one, other] = (await Promise.all([store.newTenant(), store.newTenant()])) as [string, string];
      await store.months.make(MONTH);
    });
    const linesOf = async (tenantId = one ?? ''): Promise<string[]> =>
      (await all(store.rows.read(tenantId, MONTH))).map(({ line }) => line);
    const drop = (): Promise<string> => store.months.drop(MONTH, { now: new Date(), retentionMonths: 12 });

    test('tells who has any', async () => {
      await store.record([paid(one ?? '', '2016-02-01T00:00:00Z'), paid(one ?? '', '2016-02-29T23:59:59.999Z')]);
      await store.record([paid(other ?? '', '2016-01-31T23:59:59.999Z'), paid(other ?? '', '2016-03-01T00:00:00Z')]);
      expect(await all(store.rows.tenants(MONTH))).toEqual([one]);
      expect(await linesOf()).toHaveLength(2);
      expect(await linesOf(other)).toEqual([]);
    });

    test('come back as they were, and once, however often', async () => {
      const payments = [
        paid(one ?? '', '2016-02-01T00:00:00Z', {
          paymentChannel: 'mobile "é" \\ 日本',
          metadata: { a: [1, null, 'x\n'] },
        }),
        paid(one ?? '', '2016-02-01T00:00:00Z', { money: moneyOf('999999999999999', 'XAF'), source: 'staging' }),
        paid(one ?? '', '2016-02-29T23:59:59.999Z', { createdAt: new Date('2026-01-01T00:00:00.001Z') }),
      ];
      await store.record(payments);
      const before = (await store.payments(one ?? '')).toSorted(byId);
      const lines = await linesOf();
      expect(lines.every((line) => !line.includes('\n'))).toBe(true);
      await drop();
      expect(await store.payments(one ?? '')).toEqual([]);
      await store.months.make(MONTH);
      expect(await store.rows.putBack(one ?? '', MONTH, lines.slice(0, 2))).toBe(2);
      expect(await store.rows.putBack(one ?? '', MONTH, lines)).toBe(1);
      expect(await store.rows.putBack(one ?? '', MONTH, lines)).toBe(0);
      expect((await store.payments(one ?? '')).toSorted(byId)).toEqual(before);
      expect(await linesOf()).toEqual(lines);
    });

    test('say what sums are made of', async () => {
      await store.record([paid(one ?? '', '2016-02-03T00:00:00Z', { money: moneyOf('100.50', 'EUR') })]);
      const [row] = await all(store.rows.read(one ?? '', MONTH));
      expect(row).toMatchObject({ currency: 'EUR', amountMinor: 10_050n });
    });

    test('are taken back from their own tenant and month only, all or none', async () => {
      await store.record([paid(one ?? '', '2016-02-03T00:00:00Z')]);
      await store.record([paid(other ?? '', '2016-02-04T00:00:00Z'), paid(other ?? '', '2016-02-05T00:00:00Z')]);
      const [lines, others] = [await linesOf(), await linesOf(other)];
      await drop();
      await expect(store.rows.putBack(one ?? '', MONTH, [...lines, ...others])).rejects.toThrow();
      await expect(store.rows.putBack(one ?? '', '2016-03', lines)).rejects.toThrow();
      await expect(store.rows.putBack('nobody', MONTH, lines)).rejects.toThrow();
      expect(await store.payments(one ?? '')).toEqual([]);
    });

    test('that came back have their reference numbers taken', async () => {
      await store.record([paid(one ?? '', '2016-02-03T00:00:00Z')]);
      const lines = await linesOf();
      await drop();
      await store.months.make(MONTH);
      await store.rows.putBack(one ?? '', MONTH, lines);
      expect(await store.forgotten(one ?? '')).toEqual([new Date('2016-02-03')]);
    });
  });
}
