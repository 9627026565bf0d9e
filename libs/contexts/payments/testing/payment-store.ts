import type { PaymentId, TenantId } from '../src/domain/payment.js';
import type { DuePayments } from '../src/ports/due-payments.js';
import type { PaymentRepository } from '../src/ports/payment-repository.js';
import { aTenant } from './builders.js';

export interface StoredEvent {
  readonly aggregateId: PaymentId;
  readonly version: number;
  readonly type: string;
  readonly payload: string;
}

/** What the contract suites ask of a store under test. It must be empty when made: `due` looks at all tenants. */
export interface PaymentStore {
  readonly repository: PaymentRepository;
  readonly due: DuePayments;
  /** Every event written and not yet told, of all tenants. */
  outbox?(): Promise<readonly StoredEvent[]>;
  /** For stores in which a tenant must exist first. */
  newTenant?(): Promise<TenantId>;
  close(): Promise<void>;
}

/** `graceMs`: how long after `nextAttemptAt` a payment is left to the message that was published for it. */
export type MakePaymentStore = (options: { readonly graceMs: number }) => Promise<PaymentStore>;

export const newTenantOf = async (store: PaymentStore): Promise<TenantId> => (await store.newTenant?.()) ?? aTenant();
