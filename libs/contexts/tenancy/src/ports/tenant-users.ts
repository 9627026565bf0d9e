import type { AuditEntry } from '../domain/audit.js';
import type { BusinessUnitId, Tenant, TenantId } from '../domain/tenant.js';
import type { TenantUser } from '../domain/tenant-user.js';

/** The people whom a tenant lets in. */
export interface TenantUsers {
  /** Adds the person, or gives them this role. */
  put(user: TenantUser, audit: readonly AuditEntry[]): Promise<void>;
  /** With their tenant, which the same look tells; undefined when there is no such person. */
  find(
    tenantId: TenantId,
    subject: string,
  ): Promise<{ readonly user: TenantUser; readonly tenant: Tenant } | undefined>;
  /** In order of subjects, those after `after`; of one business unit if `unit` is given. */
  list(tenantId: TenantId, limit: number, after?: string, unit?: BusinessUnitId): Promise<readonly TenantUser[]>;
}
