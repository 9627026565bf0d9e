import type { Day, DayUsage } from '../domain/usage.js';
import type { TenantId } from '../domain/tenant.js';

/** What each tenant used, day by day. */
export interface UsageRecords {
  /** Both days included, in order; days without usage are left out. */
  read(tenantId: TenantId, from: Day, to: Day): Promise<readonly DayUsage[]>;
}
