import type { Clock, NewId } from '@ferry/kernel';
import type { Owner } from '../domain/owner.js';
import type { Occasion, Payment, PaymentId } from '../domain/payment.js';
import type { PaymentRepository } from '../ports/payment-repository.js';
import type { PaymentSignals } from '../ports/payment-signals.js';

export type CancelOutcome =
  /** Cancelled now, or already before: cancelling twice is no error. */
  | { readonly outcome: 'cancelled'; readonly payment: Payment }
  /** Already on its way or ended otherwise. */
  | { readonly outcome: 'too-late'; readonly payment: Payment }
  | { readonly outcome: 'missing' };

/** Cancels a payment that no worker has taken up yet. */
export class CancelPayment {
  constructor(
    private readonly repository: PaymentRepository,
    private readonly signals: PaymentSignals,
    private readonly clock: Clock,
    private readonly newId: NewId,
  ) {}

  async execute(owner: Owner, paymentId: PaymentId): Promise<CancelOutcome> {
    const [result] = await this.repository.change(owner, [paymentId], (payment) =>
      payment.state.status === 'PENDING' ? payment.cancel(this.occasion()) : undefined,
    );
    if (result === undefined || result.outcome === 'missing') return { outcome: 'missing' };
    if (result.outcome === 'changed') {
      this.signals.announce([{ tenantId: owner.tenantId, paymentId }]);
      return { outcome: 'cancelled', payment: result.change.payment };
    }
    const { payment } = result;
    return { outcome: payment.state.status === 'CANCELLED' ? 'cancelled' : 'too-late', payment };
  }

  private occasion(): Occasion {
    const now = this.clock.now();
    return { now, eventId: this.newId(now) };
  }
}
