import type { AuditEntry } from '../domain/audit.js';
import type { ApiKey } from '../domain/api-key.js';
import type { BusinessUnit, Tenant, TenantId } from '../domain/tenant.js';

/** A tenant and what it begins with: one transaction. */
export interface TenantAddition {
  readonly tenant: Tenant;
  readonly units: readonly BusinessUnit[];
  readonly keys: readonly ApiKey[];
  readonly audit: readonly AuditEntry[];
}

export interface TenantChange {
  readonly tenant: Tenant;
  readonly audit: readonly AuditEntry[];
}

/** Each method works within the tenants that it names, one transaction a tenant. Throws `Unavailable` when the store cannot be reached. */
export interface TenantRepository {
  /** One outcome each, in order. `exists`: nothing was written. */
  add(additions: readonly TenantAddition[]): Promise<readonly ('added' | 'exists')[]>;
  find(ids: readonly TenantId[]): Promise<readonly (Tenant | undefined)[]>;
  /** Locks the tenant, decides, stores. Undefined when there is no such tenant, the tenant as it is now otherwise. */
  change(id: TenantId, decide: (tenant: Tenant) => TenantChange | undefined): Promise<Tenant | undefined>;
  addUnit(unit: BusinessUnit, audit: readonly AuditEntry[]): Promise<'added' | 'exists'>;
  units(id: TenantId): Promise<readonly BusinessUnit[]>;
}
