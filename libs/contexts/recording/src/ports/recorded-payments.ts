import type { RecordedPayment, RecordedPaymentId, Recording, Source, TenantId } from '../domain/recorded-payment.js';

export type RecordOutcome =
  | { readonly outcome: 'created' }
  /** The reference number is that of a payment recorded before: `paymentId`. Nothing was written. */
  | { readonly outcome: 'duplicate'; readonly paymentId: RecordedPaymentId };

/** So many payments had to be looked at that it was given up; to ask again is in vain, a shorter range of payment dates is not. */
export class QueryTooWide extends Error {
  override readonly name = 'QueryTooWide';

  constructor(options?: { cause?: unknown }) {
    super('too many recorded payments had to be looked at', options);
  }
}

/**
 * The truth about recorded payments: here alone it is decided whether a reference number is new. Throws `Unavailable` (kernel) when the
 * store cannot be reached; then nothing is known of what was asked and the caller may ask again.
 */
export interface RecordedPayments {
  /**
   * Stores new payments with their references and events in one transaction; one outcome each, in order. Of one source and one moment
   * (`createdAt`), and reference numbers must be unique within a call.
   */
  record(tenantId: TenantId, recordings: readonly Recording[]): Promise<readonly RecordOutcome[]>;
  /** Who holds these reference numbers, also those whose row in the narrow table is gone; undefined where nobody does. Writes nothing. */
  holders(tenantId: TenantId, references: readonly string[]): Promise<readonly (RecordedPaymentId | undefined)[]>;
  find(tenantId: TenantId, ids: readonly RecordedPaymentId[]): Promise<readonly (RecordedPayment | undefined)[]>;
  /** Latest payment date first. Rejects with `QueryTooWide`. */
  list(tenantId: TenantId, query: RecordedPaymentQuery): Promise<readonly RecordedPayment[]>;
  /** The references recorded last, newest first: what a cache is warmed with. */
  recentReferences(tenantId: TenantId, limit: number): Promise<readonly HeldReference[]>;
}

export interface HeldReference {
  readonly referenceNumber: string;
  readonly paymentId: RecordedPaymentId;
}

export interface RecordedPaymentQuery {
  readonly referenceNumber?: string | undefined;
  readonly loanAccountNumber?: string | undefined;
  readonly cif?: string | undefined;
  readonly paymentChannel?: string | undefined;
  readonly source?: Source | undefined;
  readonly businessUnitId?: string | undefined;
  /** Of the payment date, inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** The last one of the page before. */
  readonly after?: { readonly paymentDate: Date; readonly id: RecordedPaymentId } | undefined;
  readonly limit: number;
}
