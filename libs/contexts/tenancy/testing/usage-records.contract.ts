import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Currency } from '@ferry/kernel';
import type { Tenant } from '../src/domain/tenant.js';
import { dayAfter } from '../src/domain/usage.js';
import { newTenant } from './builders.js';
import type { UsedPayment } from './in-memory/in-memory-usage.js';
import type { MakeTenancyStore, TenancyStore } from './tenancy-store.js';

const DAY = '2026-02-28';
const NEXT = '2026-03-01';
const during = new Date('2026-02-28T12:00:00.000Z');
const after = new Date('2026-03-01T02:00:00.000Z');
const finalFrom = new Date('2026-03-01T01:00:00.000Z');

/** What every UsageRecords and UsageCounting promises. */
export function usageRecordsContract(name: string, make: MakeTenancyStore): void {
  describe(`${name} is a UsageRecords and a UsageCounting`, () => {
    let store: TenancyStore;
    let tenant: Tenant;
    beforeEach(async () => {
      store = await make();
      tenant = await newTenant(store);
    });
    const pay = (
      status: UsedPayment['status'],
      amountMinor = 1_000n,
      currency = 'XAF',
      day = DAY,
      tenantId = tenant.id,
    ): Promise<void> => store.pay(tenantId, { day, status, money: { amountMinor, currency: currency as Currency } });
    const waiting = async (day: string): Promise<boolean> =>
      (await store.usageCounting.tenantsToCount(day, finalFrom, 100)).includes(tenant.id);

    test('a day is counted from its payments, and counting again changes nothing', async () => {
      const other = await newTenant(store);
      await pay('SUCCESS', 999_999_999_999_999n);
      for (let i = 0; i < 11; i += 1) await pay('SUCCESS', 999_999_999_999_999n);
      await pay('SUCCESS', 250n, 'EUR');
      await pay('FAILED', 70n, 'EUR');
      await pay('PENDING', 5n, 'KWD');
      await pay('SUCCESS', 1n, 'XAF', NEXT);
      await pay('SUCCESS', 7n, 'XAF', DAY, other.id);
      const usage = {
        tenantId: tenant.id,
        day: DAY,
        requests: 0,
        payments: 15,
        open: 1,
        volumeMinor: { XAF: 12n * 999_999_999_999_999n, EUR: 250n },
      };
      for (let i = 0; i < 3; i += 1) {
        await store.usageCounting.count(tenant.id, DAY, during);
        expect(await store.usage.read(tenant.id, DAY, dayAfter(DAY, 5))).toEqual([usage]);
      }
      await store.usageCounting.count(tenant.id, NEXT, after);
      expect((await store.usage.read(tenant.id, DAY, NEXT)).map(({ day, payments }) => [day, payments])).toEqual([
        [DAY, 15],
        [NEXT, 1],
      ]);
      expect(await store.usage.read(other.id, DAY, NEXT)).toEqual([]);
    });

    test('a day waits to be counted while it lasts, and while payments of it are open', async () => {
      expect(await waiting(DAY)).toBe(false);
      await pay('SUCCESS');
      expect(await waiting(DAY)).toBe(true);
      await store.usageCounting.count(tenant.id, DAY, during);
      expect(await waiting(DAY)).toBe(true);
      await store.usageCounting.count(tenant.id, DAY, after);
      expect(await waiting(DAY)).toBe(false);
      await pay('PENDING');
      await store.usageCounting.count(tenant.id, DAY, after);
      expect(await waiting(DAY)).toBe(true);
      expect(await store.usageCounting.openDays(NEXT, 1_000)).toContainEqual({ tenantId: tenant.id, day: DAY });
      expect(await store.usageCounting.openDays(DAY, 1_000)).not.toContainEqual({ tenantId: tenant.id, day: DAY });
    });

    test('tenants come page by page', async () => {
      const second = await newTenant(store);
      await pay('SUCCESS');
      await pay('SUCCESS', 1n, 'XAF', DAY, second.id);
      const [low, high] = [tenant.id, second.id].sort() as [string, string];
      const list = await store.usageCounting.tenantsToCount(DAY, finalFrom, 1, low);
      expect(list).toHaveLength(1);
      expect((list[0] as string) > low && (list[0] as string) <= high).toBe(true);
    });
  });
}
