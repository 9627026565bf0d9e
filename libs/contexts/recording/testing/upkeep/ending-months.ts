import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Month } from '../../src/domain/month.js';
import type { MakeUpkeepStore, UpkeepStore } from '../upkeep-store.js';
import { paid } from './paid.js';

const over = { now: new Date('2020-01-01T00:00:00Z'), retentionMonths: 12 };

/** Months come and go. */
export function endingMonths(make: MakeUpkeepStore): void {
  describe('months', () => {
    let store: UpkeepStore;
    let tenantId: string;
    beforeEach(async () => {
      store = await make();
      tenantId = await store.newTenant();
    });
    const has = async (month: Month): Promise<boolean> =>
      (await store.months.list()).some((one) => one.month === month);

    test('are made once and listed in their order', async () => {
      expect(await store.months.make('2016-03')).toBe(true);
      expect(await store.months.make('2016-02')).toBe(true);
      expect(await store.months.make('2016-03')).toBe(false);
      const months = (await store.months.list()).map(({ month }) => month);
      expect(months.slice(0, 2)).toEqual(['2016-02', '2016-03']);
    });

    test('payments without a month are there, are counted, and move into theirs', async () => {
      await store.record([paid(tenantId, '2016-02-29T23:59:59Z'), paid(tenantId, '2016-03-01T00:00:00Z')]);
      expect(await store.months.countStrays()).toBe(2);
      expect(await store.months.strayMonths(10)).toEqual(['2016-03', '2016-02']);
      expect(await store.months.strayMonths(1)).toEqual(['2016-03']);
      await store.months.make('2016-02');
      expect(await store.months.strayMonths(10)).toEqual(['2016-03']);
      expect(await store.payments(tenantId)).toHaveLength(2);
    });

    test('are dropped with their payments and no others when their time is over', async () => {
      await store.months.make('2016-02');
      await store.months.make('2016-03');
      await store.record([paid(tenantId, '2016-02-29T23:59:59Z'), paid(tenantId, '2016-03-01T00:00:00Z')]);
      expect(await store.months.drop('2016-02', { ...over, rows: 1 })).toBe('dropped');
      expect(await has('2016-02')).toBe(false);
      expect((await store.payments(tenantId)).map(({ paymentDate }) => paymentDate.getUTCMonth())).toEqual([2]);
      expect(await store.months.drop('2016-02', over)).toBe('absent');
    });

    test('are not dropped when another number of payments is there', async () => {
      await store.months.make('2016-02');
      await store.record([paid(tenantId, '2016-02-29T23:59:59Z')]);
      for (const rows of [0, 2]) expect(await store.months.drop('2016-02', { ...over, rows })).toBe('changed');
      expect(await store.payments(tenantId)).toHaveLength(1);
    });

    test.each([
      ['2018-12', 'dropped'],
      ['2019-01', 'kept'],
    ] as const)('of 12 months %s is %s on New Year 2020', async (month, outcome) => {
      await store.months.make(month);
      expect(await store.months.drop(month, over)).toBe(outcome);
      expect(await has(month)).toBe(outcome === 'kept');
    });

    test('are not dropped while somebody wants them kept; the latest wish counts', async () => {
      const keptUntil = new Date('2020-01-01T00:00:01Z');
      await store.months.make('2016-02', keptUntil);
      await store.months.make('2016-02', new Date('2019-01-01T00:00:00Z'));
      await store.months.make('2016-02');
      expect((await store.months.list())[0]).toMatchObject({ month: '2016-02', keptUntil });
      expect(await store.months.drop('2016-02', over)).toBe('kept');
      expect(await store.months.drop('2016-02', { ...over, now: keptUntil })).toBe('dropped');
      await store.months.make('2016-02');
      expect(await store.months.drop('2016-02', over)).toBe('dropped');
    });
  });
}
