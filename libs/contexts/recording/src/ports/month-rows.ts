import type { Month } from '../domain/month.js';
import type { TenantId } from '../domain/recorded-payment.js';

/** A recorded payment as one line of JSON with every column, and what sums are made of. */
export interface ArchivedRow {
  readonly line: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** Recorded payments of a month on their way out of the store and back into it, a tenant at a time. */
export interface MonthRows {
  /** Who has any, a page at a time. */
  tenants(month: Month): AsyncIterable<readonly TenantId[]>;
  /** A page at a time, each in a transaction of its own: what is recorded meanwhile may be missing. */
  read(tenantId: TenantId, month: Month): AsyncIterable<readonly ArchivedRow[]>;
  /**
   * Stores lines of `read` again, to the last column, and answers how many were not there. Their reference numbers are taken from then on.
   * Rejects, and stores none, when a line is of another tenant or month, or there is no such tenant.
   */
  putBack(tenantId: TenantId, month: Month, lines: readonly string[]): Promise<number>;
}
