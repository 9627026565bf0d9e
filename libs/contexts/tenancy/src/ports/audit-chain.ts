import type { AuditEntry, AuditLink } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';

export interface ChainedEntry {
  readonly link: AuditLink;
  /** Absent when it was taken out of the log. */
  readonly entry?: AuditEntry | undefined;
}

/** The chains that prove the audit logs, one a tenant. For jobs that look after all tenants. */
export interface AuditChain {
  /** Tenants with entries that are in no chain yet. */
  tenantsUnchained(limit: number): Promise<readonly TenantId[]>;
  /**
   * Chains entries that are in no chain yet, at most `limit`, and answers how many: none when another process was faster. `link` is given the
   * last link and the entries in the order of their ids; the sequence it gives them is the order for good, whatever commits later with a smaller id.
   */
  extendChain(
    tenantId: TenantId,
    limit: number,
    link: (last: AuditLink | undefined, entries: readonly AuditEntry[]) => readonly AuditLink[],
  ): Promise<number>;
  /** Links in order of sequence, those after `after`, each with its entry. */
  readChain(tenantId: TenantId, limit: number, after?: number): Promise<readonly ChainedEntry[]>;
  /** Entries that are in no chain and do not wait for one: nothing but tampering makes them. */
  countUnchainable(tenantId: TenantId): Promise<number>;
}
