import type { FailureReason } from '../domain/failure-reasons.js';
import type { PaymentState } from '../domain/payment.js';

export type Settlement =
  | { readonly outcome: 'succeeded'; readonly providerReference?: string | undefined }
  | { readonly outcome: 'failed'; readonly reason: FailureReason };

export type RailAnswer =
  | Settlement
  /** Nobody knows (time-out, 5xx, garbage). Never a failure: ask again. */
  | { readonly outcome: 'unknown'; readonly detail: string }
  /** Answer to `ask` only: the rail has never seen this payment, so it may be sent. */
  | { readonly outcome: 'absent' };

/**
 * The way a payment is executed. The payment's id is the idempotency key of every call: sending twice has the effect of
 * sending once. One promise per payment, in order, each settled as soon as its own answer is there, so that a slow payment
 * keeps no other waiting. A rejection counts as `unknown`; a throw, or any other number of promises, as `unknown` for all of
 * them. When `signal` aborts, time is up: what is answered later is not heard.
 */
export interface Rail {
  readonly name: string;
  /**
   * Settles without any call outside, under the row lock, or says `undefined`: then the payment is leased and sent.
   * A throw is a fault of the rail with this payment: it is retried, then parked for attention.
   */
  decideAtOnce?(payment: PaymentState): Settlement | undefined;
  send(payments: readonly PaymentState[], signal: AbortSignal): readonly Promise<RailAnswer>[];
  ask(payments: readonly PaymentState[], signal: AbortSignal): readonly Promise<RailAnswer>[];
}
