import type { Clock } from '@ferry/kernel';
import type { TenantId } from '../domain/tenant.js';
import { dayAfter, dayOf, startOf, type Day } from '../domain/usage.js';
import type { UsageCounting } from '../ports/usage-counting.js';
import { eachAlone } from './each-alone.js';

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
    const days = Array.from({ length: LOOK_BACK_DAYS }, (_, back) => dayAfter(today, -back));
    let counted = 0;
    await eachAlone(days, async (day) => {
      counted += await this.everybodyOn(day);
    });
    const open = await this.usage.openDays(days.at(-1) as Day, OPEN_DAYS_MAX);
    await eachAlone(open, ({ tenantId, day }) => this.usage.count(tenantId, day, this.clock.now()));
    return { counted: counted + open.length, more: false };
  }

  private async everybodyOn(day: Day): Promise<number> {
    const finalFrom = new Date(startOf(dayAfter(day)).getTime() + LATE_MS);
    const tenants: TenantId[] = [];
    for (let page: readonly TenantId[] = []; ;) {
      page = await this.usage.tenantsToCount(day, finalFrom, TENANTS_MAX, page.at(-1));
      tenants.push(...page);
      if (page.length < TENANTS_MAX) break;
    }
    await eachAlone(tenants, (tenantId) => this.usage.count(tenantId, day, this.clock.now()));
    return tenants.length;
  }
}
