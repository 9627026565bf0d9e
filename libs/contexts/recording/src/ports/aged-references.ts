import type { TenantId } from '../domain/recorded-payment.js';

export interface AgedReference {
  readonly tenantId: TenantId;
  readonly referenceNumber: string;
}

/** Where a payment lies whose reference was forgotten, by a hash of that reference. */
export interface ForgottenReference {
  readonly tenantId: TenantId;
  readonly hash: string;
}

/**
 * References in the narrow table that are old. Forgetting them makes that table small and no duplicate possible: a hash of them stays as long as
 * the payment, and by it the payment is found.
 */
export interface AgedReferences {
  /** Some that were stored before then, of whatever tenant. */
  find(before: Date, limit: number): Promise<readonly AgedReference[]>;
  /** Forgets those that are still so old, in one transaction; answers how many. */
  forget(tenantId: TenantId, references: readonly string[], before: Date): Promise<number>;
  /** Some forgotten ones whose payment was made before then, of whatever tenant. */
  findForgotten(before: Date, limit: number): Promise<readonly ForgottenReference[]>;
  /** Forgets for good those whose payments are gone, in one transaction; answers how many. */
  forgetForGood(tenantId: TenantId, hashes: readonly string[], before: Date): Promise<number>;
}
