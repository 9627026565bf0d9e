import type { Day, DayUsage } from '../domain/usage.js';
import type { TenantId } from '../domain/tenant.js';

/** Usage for each tenant and day, and the payments from which it is counted. */
export interface UsageRecords {
  /**
   * Tenants after `after`, in order, with payments made on this day whose count may still change: never counted, last counted before
   * `finalFrom`, or counted while some had not ended.
   */
  tenantsToCount(day: Day, finalFrom: Date, limit: number, after?: TenantId): Promise<readonly TenantId[]>;
  /** Days before `before` that were counted while some of their payments had not ended; the longest ago counted first. */
  openDays(before: Day, limit: number): Promise<readonly { readonly tenantId: TenantId; readonly day: Day }[]>;
  /** Counts the payments of that day as they are now, and stores what comes out. Doing it again is harmless. */
  count(tenantId: TenantId, day: Day, now: Date): Promise<void>;
  /** Both days included, in order; days without usage are left out. */
  read(tenantId: TenantId, from: Day, to: Day): Promise<readonly DayUsage[]>;
}
