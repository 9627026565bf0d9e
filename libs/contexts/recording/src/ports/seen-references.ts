import type { RecordedPaymentId, TenantId } from '../domain/recorded-payment.js';
import type { HeldReference } from './recorded-payments.js';

/**
 * Reference numbers that were recorded before, as far as this is known without asking the database. It saves work and decides nothing: what
 * it says may be stale, and is confirmed before anybody is told; what it does not know may be recorded all the same. Never rejects.
 */
export interface SeenReferences {
  find(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]>;
  /** After the commit, never before it. */
  remember(tenantId: TenantId, held: readonly HeldReference[]): Promise<void>;
  /** What was not confirmed. */
  forget(tenantId: TenantId, references: readonly string[]): Promise<void>;
}
