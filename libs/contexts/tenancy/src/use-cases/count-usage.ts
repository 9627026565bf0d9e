import type { Clock } from '@ferry/kernel';
import type { TenantId } from '../domain/tenant.js';
import { dayAfter, dayOf, startOf, type Day } from '../domain/usage.js';
import type { UsageCounting } from '../ports/usage-counting.js';

/** Days that are looked at for tenants never counted: no worker may have run for a month. */
const LOOK_BACK_DAYS = 35;
const TENANTS_MAX = 500;
const OPEN_DAYS_MAX = 500;
/** After a day's end, until whatever was made in its last moment has been committed, by a clock that is late. */
const LATE_MS = 3_600_000;

/**
 * Counts usage from the payments themselves: every day of which the count may still change. A count replaces the one before, so
 * this may run at any time, in any number.
 */
export class CountUsage {
  constructor(
    private readonly usage: UsageCounting,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<{ readonly counted: number; readonly more: false }> {
    const today = dayOf(this.clock.now());
    let counted = 0;
    for (let back = 0; back < LOOK_BACK_DAYS; back += 1) counted += await this.everybodyOn(dayAfter(today, -back));
    const before = dayAfter(today, 1 - LOOK_BACK_DAYS);
    for (const { tenantId, day } of await this.usage.openDays(before, OPEN_DAYS_MAX)) {
      await this.usage.count(tenantId, day, this.clock.now());
      counted += 1;
    }
    return { counted, more: false };
  }

  private async everybodyOn(day: Day): Promise<number> {
    const finalFrom = new Date(startOf(dayAfter(day)).getTime() + LATE_MS);
    let counted = 0;
    for (let after: TenantId | undefined; ;) {
      const tenants = await this.usage.tenantsToCount(day, finalFrom, TENANTS_MAX, after);
      for (const tenantId of tenants) await this.usage.count(tenantId, day, this.clock.now());
      counted += tenants.length;
      after = tenants.at(-1);
      if (tenants.length < TENANTS_MAX) return counted;
    }
  }
}
