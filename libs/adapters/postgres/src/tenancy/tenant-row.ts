import type { Tenant } from '@ferry/tenancy';

export interface TenantRow {
  tenant_id: string;
  tenant_name: string;
  status: Tenant['status'];
  mode: Tenant['mode'];
  twin_id: string | null;
  created_at: Date;
  updated_at: Date;
}

export const tenantColumns = 'tenant_id, tenant_name, status, mode, twin_id, created_at, updated_at';

export const tenantOf = (row: TenantRow): Tenant => ({
  id: row.tenant_id,
  name: row.tenant_name,
  status: row.status,
  mode: row.mode,
  twinId: row.twin_id ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
