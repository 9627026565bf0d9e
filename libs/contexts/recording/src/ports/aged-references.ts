import type { Month } from '../domain/month.js';
import type { TenantId } from '../domain/recorded-payment.js';

export interface AgedReference {
  readonly tenantId: TenantId;
  readonly referenceNumber: string;
}

/**
 * References in the narrow table that are old. Forgetting them makes that table small and no duplicate possible: the dates between which
 * payments may have a forgotten reference are kept, and only between these they are looked for among the payments themselves.
 */
export interface AgedReferences {
  /** Some that were stored before then, of whatever tenant. */
  find(before: Date, limit: number): Promise<readonly AgedReference[]>;
  /** Forgets those that are still so old, and widens the dates, in one transaction; answers how many. */
  forget(tenantId: TenantId, references: readonly string[], before: Date): Promise<number>;
  /** Who has forgotten dates before this month, a page at a time. */
  tenantsBefore(month: Month): AsyncIterable<readonly TenantId[]>;
  /** Narrows the dates to where the tenant has payments. */
  narrow(tenantId: TenantId): Promise<void>;
}
