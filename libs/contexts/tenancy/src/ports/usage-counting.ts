import type { TenantId } from '../domain/tenant.js';
import type { Day } from '../domain/usage.js';

/** Counts usage from the payments of all tenants. For a job that looks after all of them. */
export interface UsageCounting {
  /**
   * Tenants after `after`, in order, with payments made on this day whose count may still change: never counted, last counted before
   * `finalFrom`, or counted while some had not ended.
   */
  tenantsToCount(day: Day, finalFrom: Date, limit: number, after?: TenantId): Promise<readonly TenantId[]>;
  /** Days before `before` that were counted while some of their payments had not ended; the longest ago counted first. */
  openDays(before: Day, limit: number): Promise<readonly { readonly tenantId: TenantId; readonly day: Day }[]>;
  /** Counts the payments of that day as they are now, and stores what comes out. Doing it again is harmless. */
  count(tenantId: TenantId, day: Day, now: Date): Promise<void>;
}
