import { backoffMs, errorFields } from '@ferry/kernel';
import { wholeTenant } from '../../domain/owner.js';
import type { PaymentId, TenantId } from '../../domain/payment.js';
import type { Outcome } from '../../ports/payment-queue.js';
import type { ProcessDependencies, ProcessOptions } from './process-needs.js';

/** What becomes of a payment with which something went wrong before it had any effect outside. */
export class RetryOrGiveUp {
  constructor(
    private readonly needs: ProcessDependencies,
    private readonly options: ProcessOptions,
  ) {}

  after(attempts: number, why: string): Outcome {
    if (attempts >= this.options.attemptsMax) return { outcome: 'give-up', reason: why };
    return { outcome: 'retry', delayMs: this.delayMs(attempts) };
  }

  delayMs(attempts: number): number {
    return backoffMs(this.options.retry, attempts, this.needs.random());
  }

  /** What the store cannot take is tried again, and parked after the last attempt. */
  async afterFault(tenantId: TenantId, paymentId: PaymentId, attempts: number, error: unknown): Promise<Outcome> {
    const fields = errorFields(error);
    const which = { tenant_id: tenantId, payment_id: paymentId };
    this.needs.logger.error('payment could not be processed', { ...which, attempts, ...fields });
    const outcome = this.after(attempts, fields.error);
    if (outcome.outcome === 'give-up') await this.park(tenantId, paymentId, outcome.reason);
    return outcome;
  }

  /** So that the sweeper does not bring back for ever what always fails. If even this fails, the dead letter still tells. */
  private async park(tenantId: TenantId, paymentId: PaymentId, why: string): Promise<void> {
    try {
      await this.needs.repository.change(wholeTenant(tenantId), [paymentId], (payment) =>
        payment.isTerminal ? undefined : payment.park(this.needs.clock.now(), why),
      );
    } catch (error) {
      const which = { tenant_id: tenantId, payment_id: paymentId };
      this.needs.logger.error('payment could not be parked', { ...which, ...errorFields(error) });
    }
  }
}
