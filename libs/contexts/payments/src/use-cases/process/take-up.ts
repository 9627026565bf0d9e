import { errorFields } from '@ferry/kernel';
import type { Change, Payment, PaymentId } from '../../domain/payment.js';
import type { Outcome } from '../../ports/payment-queue.js';
import { endingBy } from './ending.js';
import type { ProcessDependencies, ProcessOptions } from './process-needs.js';
import type { BatchPlaces, RailPlaces } from './rail-places.js';
import type { RetryOrGiveUp } from './retry-or-give-up.js';

const done: Outcome = { outcome: 'done' };

/** Decides under the lock what a worker does with a payment: end it at once, lease it for a call, put it back, or leave it alone. */
export class TakeUp {
  constructor(
    private readonly needs: ProcessDependencies,
    private readonly options: ProcessOptions,
    private readonly retryOrGiveUp: RetryOrGiveUp,
    private readonly places: RailPlaces,
  ) {}

  /** Sets the payment's outcome, anew if the transaction is retried. Without a change there is nothing to do now. */
  decide(payment: Payment, outcomes: Map<PaymentId, Outcome>, places: BatchPlaces): Change | undefined {
    const now = this.needs.clock.now();
    outcomes.set(payment.id, done);
    if (payment.isTerminal || !payment.isDue(now)) return undefined;
    const rail = this.needs.rails.get(payment.state.rail);
    if (!rail) return this.failedAttempt(payment, now, `no rail ${payment.state.rail} here`, outcomes);
    if (payment.state.status === 'PENDING') {
      try {
        const answer = rail.decideAtOnce?.(payment.state);
        if (answer) return endingBy(answer, payment.countAttempt(now), { now, eventId: this.needs.newId(now) });
      } catch (error) {
        return this.failedAttempt(payment, now, `rail ${rail.name}: ${String(errorFields(error).error)}`, outcomes);
      }
    }
    if (!places.take(payment.id, rail.name, payment.state.tenantId)) return this.putBack(payment, now);
    const leaseUntil = new Date(now.getTime() + this.options.leaseMs);
    return payment.takeUp({ now, eventId: this.needs.newId(now) }, leaseUntil);
  }

  /**
   * The rail has no place: nothing was tried, so nothing is counted. It waits in its row for the turn of its tenant: as messages that
   * come back, the backlog of one tenant would stand before the payments of the others.
   */
  private putBack(payment: Payment, now: Date): Change {
    const { rail } = payment.state;
    this.needs.meter.count('rail_put_back_total', { rail });
    const again = new Date(now.getTime() + this.places.putBackMs(rail));
    return { ...payment.postpone(now, again), unannounced: true };
  }

  private failedAttempt(payment: Payment, now: Date, why: string, outcomes: Map<PaymentId, Outcome>): Change {
    const counted = payment.countAttempt(now);
    const outcome = this.retryOrGiveUp.after(counted.state.attempts, why);
    outcomes.set(payment.id, outcome);
    return outcome.outcome === 'retry'
      ? counted.postpone(now, new Date(now.getTime() + outcome.delayMs))
      : counted.park(now, why);
  }
}
