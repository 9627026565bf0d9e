import type { Uuid } from '@ferry/kernel';
import type { AuditEntry } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';

/** Written by the repositories, in the transaction of what is told; read here. */
export interface AuditLog {
  /** In order of ids, those after `after`. */
  read(tenantId: TenantId, limit: number, after?: Uuid): Promise<readonly AuditEntry[]>;
}
