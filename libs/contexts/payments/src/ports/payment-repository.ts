import type { Currency } from '@ferry/kernel';
import type { Owner } from '../domain/owner.js';
import type { BusinessUnitId, Change, Payment, PaymentId, TenantId } from '../domain/payment.js';
import type { PaymentStatus } from '../domain/payment-status.js';

/** Kept with the payment in one transaction, so that the same request finds the same answer. */
export interface IdempotencyRecord {
  readonly key: string;
  /** SHA-256 of the canonical request, hexadecimal. */
  readonly fingerprint: string;
  /** The answer to give again: the body of the 201. */
  readonly response: string;
  readonly expiresAt: Date;
}

export interface Addition {
  readonly change: Change;
  readonly idempotency?: IdempotencyRecord | undefined;
}

export type Remembered =
  /** Same key, same request: `response` is the first answer. */
  | { readonly outcome: 'replayed'; readonly paymentId: PaymentId; readonly response: string }
  /** Same key, another request. */
  | { readonly outcome: 'key-reused' };

/** Whatever is not `added` has written nothing. */
export type AddOutcome =
  | { readonly outcome: 'added' }
  | Remembered
  /** The reference names another payment. */
  | { readonly outcome: 'duplicate-reference'; readonly paymentId: PaymentId };

export type ChangeOutcome =
  | { readonly outcome: 'changed'; readonly change: Change }
  /** `decide` had nothing to change. */
  | { readonly outcome: 'unchanged'; readonly payment: Payment }
  | { readonly outcome: 'missing' };

export interface HistoryEntry {
  readonly version: number;
  readonly from?: PaymentStatus | undefined;
  readonly to: PaymentStatus;
  readonly reason?: string | undefined;
  readonly at: Date;
  readonly eventId: string;
}

/** Newest first. `before` is the id of the last payment of the page before: ids sort by creation time. */
export interface PaymentQuery {
  readonly businessUnitId?: BusinessUnitId | undefined;
  readonly status?: PaymentStatus | undefined;
  readonly currency?: Currency | undefined;
  readonly reference?: string | undefined;
  /** Inclusive. */
  readonly createdFrom?: Date | undefined;
  /** Exclusive. */
  readonly createdTo?: Date | undefined;
  readonly before?: PaymentId | undefined;
  readonly limit: number;
}

/**
 * The truth about payments. Every method works for one tenant and takes and returns arrays in the caller's order. For an owner
 * who is a business unit the payments of other units do not exist.
 * Throws `Unavailable` (kernel) when the store cannot be reached; then nothing is known of what was asked and the caller may ask again.
 */
export interface PaymentRepository {
  /** Stores new payments with their history, events and idempotency records in one transaction. */
  add(tenantId: TenantId, additions: readonly Addition[]): Promise<readonly AddOutcome[]>;

  /**
   * Locks the payments in id order, applies `decide` to each, stores states, history and events, commits. `decide` is
   * synchronous so that nothing remote is awaited under the lock; it may run again if the transaction is retried.
   */
  change(
    owner: Owner,
    ids: readonly PaymentId[],
    decide: (payment: Payment) => Change | undefined,
  ): Promise<readonly ChangeOutcome[]>;

  /** How requests with these keys would be answered because of earlier ones; `undefined` where a key is free at `now`. Writes nothing. */
  remembered(
    tenantId: TenantId,
    keys: readonly Pick<IdempotencyRecord, 'key' | 'fingerprint'>[],
    now: Date,
  ): Promise<readonly (Remembered | undefined)[]>;

  find(owner: Owner, ids: readonly PaymentId[]): Promise<readonly (Payment | undefined)[]>;

  list(owner: Owner, query: PaymentQuery): Promise<readonly Payment[]>;

  /** In version order; empty when the payment does not exist. */
  history(owner: Owner, id: PaymentId): Promise<readonly HistoryEntry[]>;
}
