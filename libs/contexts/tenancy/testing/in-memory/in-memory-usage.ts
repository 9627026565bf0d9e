import type { Currency, Money } from '@ferry/kernel';
import type { TenantId } from '../../src/domain/tenant.js';
import type { Day, DayUsage } from '../../src/domain/usage.js';
import type { UsageCounting } from '../../src/ports/usage-counting.js';
import type { UsageRecords } from '../../src/ports/usage-records.js';
import type { InMemoryState } from './state.js';

/** A payment as far as usage goes. */
export interface UsedPayment {
  readonly day: Day;
  readonly money: Money;
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED';
}

type Counted = Omit<DayUsage, 'requests'> & { readonly at: Date };

export class InMemoryUsage implements UsageRecords, UsageCounting {
  private readonly payments = new Map<TenantId, UsedPayment[]>();
  private readonly counts = new Map<string, Counted>();

  constructor(private readonly state: InMemoryState) {}

  pay(tenantId: TenantId, payment: UsedPayment): void {
    this.payments.set(tenantId, [...(this.payments.get(tenantId) ?? []), payment]);
  }

  async tenantsToCount(day: Day, finalFrom: Date, limit: number, after = ''): Promise<readonly TenantId[]> {
    await Promise.resolve();
    const open = (id: TenantId): boolean => {
      const counted = this.counts.get(`${id} ${day}`);
      return !counted || counted.at < finalFrom || counted.open > 0;
    };
    const active = [...this.payments].flatMap(([id, made]) => (made.some((one) => one.day === day) ? [id] : []));
    return active
      .filter((id) => id > after && open(id))
      .sort()
      .slice(0, limit);
  }

  async openDays(before: Day, limit: number): Promise<readonly { tenantId: TenantId; day: Day }[]> {
    await Promise.resolve();
    return [...this.counts.values()]
      .filter(({ day, open }) => day < before && open > 0)
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .map(({ tenantId, day }) => ({ tenantId, day }))
      .slice(0, limit);
  }

  async count(tenantId: TenantId, day: Day, now: Date): Promise<void> {
    await Promise.resolve();
    const made = (this.payments.get(tenantId) ?? []).filter((one) => one.day === day);
    const volumeMinor: Partial<Record<Currency, bigint>> = {};
    for (const { money, status } of made)
      if (status === 'SUCCESS') volumeMinor[money.currency] = (volumeMinor[money.currency] ?? 0n) + money.amountMinor;
    const open = made.filter(({ status }) => status === 'PENDING').length;
    this.counts.set(`${tenantId} ${day}`, { tenantId, day, payments: made.length, open, volumeMinor, at: now });
  }

  async read(tenantId: TenantId, from: Day, to: Day): Promise<readonly DayUsage[]> {
    const requests = (await this.state.of(tenantId))?.requests ?? new Map<Day, number>();
    const counted = [...this.counts.values()].filter((one) => one.tenantId === tenantId);
    const days = [...new Set([...requests.keys(), ...counted.map(({ day }) => day)])];
    return days
      .filter((day) => day >= from && day <= to)
      .sort()
      .map((day) => {
        const { payments, open, volumeMinor } = counted.find((one) => one.day === day) ?? nothing;
        return { tenantId, day, requests: requests.get(day) ?? 0, payments, open, volumeMinor };
      });
  }
}

const nothing = { payments: 0, open: 0, volumeMinor: {} };
