import type { Tenant, TenantId } from '../domain/tenant.js';

export type ListedTenant = Pick<Tenant, 'id' | 'name' | 'status' | 'mode' | 'twinId' | 'createdAt'>;

/** The list of all tenants, which no tenant may see: for operators, and for jobs that then enter each. */
export interface TenantDirectory {
  /** In order of ids, those after `after`. */
  list(limit: number, after?: TenantId): Promise<readonly ListedTenant[]>;
}
