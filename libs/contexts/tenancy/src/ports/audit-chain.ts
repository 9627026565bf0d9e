import type { AuditEntry, AuditLink, Dropped } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';

export interface ChainedEntry {
  readonly link: AuditLink;
  /** `dropped` with its month when its time was over; absent when somebody took it out of the log. */
  readonly entry?: AuditEntry | Dropped | undefined;
}

/** Links by their sequence, both included. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** The chain that proves the audit log of a tenant. */
export interface AuditChain {
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
  /**
   * The shortest stretch with every chained entry from `since` (included) to `until` (excluded). It may hold a few others: order and time
   * differ where two commit at once. Undefined when there is no such entry.
   */
  stretch(tenantId: TenantId, since: Date | undefined, until: Date | undefined): Promise<Stretch | undefined>;
  /** Entries that are in no chain and do not wait for one: nothing but tampering makes them. */
  countUnchainable(tenantId: TenantId): Promise<number>;
}

/** For the job that chains: what no process may know that serves tenants. */
export interface UnchainedTenants {
  /** Tenants with entries that are in no chain yet. */
  tenantsUnchained(limit: number): Promise<readonly TenantId[]>;
}
