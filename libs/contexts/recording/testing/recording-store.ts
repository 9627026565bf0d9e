import type { RecordedPaymentId, TenantId } from '../src/domain/recorded-payment.js';
import type { RecordedPayments } from '../src/ports/recorded-payments.js';

export interface StoredEvent {
  readonly aggregateId: RecordedPaymentId;
  readonly version: number;
  readonly type: string;
  readonly payload: string;
}

/** What the contract suite asks of a store under test. */
export interface RecordingStore {
  readonly payments: RecordedPayments;
  /** Every event written and not yet told. */
  outbox(tenantId: TenantId): Promise<readonly StoredEvent[]>;
  /** As the clean-up of references does it: the payments stay, what names them is gone. */
  forget(tenantId: TenantId, references: readonly string[]): Promise<void>;
  /** One that exists. */
  newTenant(): Promise<TenantId>;
}

export type MakeRecordingStore = () => Promise<RecordingStore>;
