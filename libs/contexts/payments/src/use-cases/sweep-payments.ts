import type { Clock } from '@ferry/kernel';
import type { DuePayments } from '../ports/due-payments.js';
import type { PaymentQueue } from '../ports/payment-queue.js';

export interface SweepOptions {
  /** Messages that may stand in the queue. What is beyond waits in the store, where waiting costs nothing. */
  readonly depthMax: number;
  /** Payments announced by one sweep at most. */
  readonly batchMax: number;
  /** How long an announced payment is left alone before it is announced again. */
  readonly againAfterMs: number;
}

/** Speaks for payments that no message speaks for. Several processes may sweep at once. */
export class SweepPayments {
  constructor(
    private readonly due: DuePayments,
    private readonly queue: PaymentQueue,
    private readonly clock: Clock,
    private readonly options: SweepOptions,
  ) {}

  /** One bounded sweep. Answers how many payments it announced, and whether more may be waiting for which there is room. */
  async run(): Promise<{ readonly announced: number; readonly more: boolean }> {
    const depth = await this.queue.depth();
    if (depth === undefined) return { announced: 0, more: false };
    const limit = Math.min(this.options.batchMax, this.options.depthMax - depth);
    if (limit <= 0) return { announced: 0, more: false };
    const now = this.clock.now();
    const claimed = await this.due.claim(limit, now, new Date(now.getTime() + this.options.againAfterMs));
    if (claimed.length === 0) return { announced: 0, more: false };
    const sent = await this.queue.publish(claimed.map((payment) => ({ ...payment, attempt: 0 })));
    const announced = sent.filter(Boolean).length;
    return { announced, more: claimed.length === limit && announced === limit };
  }
}
