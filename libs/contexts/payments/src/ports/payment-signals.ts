import type { PaymentId, TenantId } from '../domain/payment.js';

export interface PaymentSignal {
  readonly tenantId: TenantId;
  readonly paymentId: PaymentId;
}

/** Tells waiting readers of other processes that a payment has ended. A hint: it may be lost, and decides nothing. */
export interface PaymentSignals {
  /** Never rejects and never waits. */
  announce(ended: readonly PaymentSignal[]): void;
  /** Returns how to stop listening. */
  listen(listener: (ended: readonly PaymentSignal[]) => void): () => void;
}
