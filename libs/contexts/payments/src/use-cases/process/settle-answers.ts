import { Batcher, isolate } from '@ferry/kernel';
import { wholeTenant } from '../../domain/owner.js';
import type { Change, Payment, PaymentId, PaymentState, TenantId } from '../../domain/payment.js';
import type { Outcome } from '../../ports/payment-queue.js';
import type { RailAnswer } from '../../ports/rail.js';
import { allEnded } from './all-ended.js';
import { endingBy } from './ending.js';
import type { ProcessDependencies, ProcessOptions } from './process-needs.js';
import type { RetryOrGiveUp } from './retry-or-give-up.js';
import { tellEnded } from './tell-ended.js';

/** Answers that come while so many transactions settle others form the next batch; as many as creations have at once. */
const SETTLE_CONCURRENCY = 2;
/** Answers settled in one transaction of a tenant. */
const SETTLE_BATCH_MAX = 500;
/** Answers that wait to be settled; generous, because the prefetch bounds them already. */
export const SETTLE_WAITING_MAX = 10_000;

const done: Outcome = { outcome: 'done' };

/** What a rail answered to one lease of a payment. */
export interface Answered {
  readonly leased: PaymentState;
  readonly answer: RailAnswer;
}

/** Settles the answers of rails under the lock, as they come; those that come together share a transaction. */
export class SettleAnswers {
  private readonly batcher = new Batcher<Answered, Outcome>((answered) => this.settleAll(answered), {
    sizeMax: SETTLE_BATCH_MAX,
    concurrency: SETTLE_CONCURRENCY,
    waitingMax: SETTLE_WAITING_MAX,
    onFlush: (size) => this.needs.meter.observe('batch_size', size, { name: 'settle' }),
  });

  constructor(
    private readonly needs: ProcessDependencies,
    private readonly options: ProcessOptions,
    private readonly retryOrGiveUp: RetryOrGiveUp,
  ) {}

  /** Rejects with `Unavailable` or `BatcherFull`: then the payment keeps its lease, and is asked for when that has ended. */
  add(answered: Answered): Promise<Outcome> {
    return this.batcher.add(answered);
  }

  /** One outcome per answer. One that the store cannot take does not keep the others from being settled. */
  private async settleAll(answered: readonly Answered[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<Answered, Outcome>();
    await allEnded(
      [...Map.groupBy(answered, ({ leased }) => leased.tenantId)].map(async ([tenantId, group]) => {
        const settled = await isolate(
          group,
          (some) => this.settleTenant(tenantId, some),
          ({ leased }, error) => this.retryOrGiveUp.afterFault(tenantId, leased.id, leased.attempts, error),
        );
        group.forEach((one, i) => outcomes.set(one, settled[i] ?? done));
      }),
    );
    return answered.map((one) => outcomes.get(one) ?? done);
  }

  /**
   * Whoever brings an ending ends it. Who knows nothing leaves it alone if somebody else has leased or parked it meanwhile. A
   * late answer and that of the next lease may well come together.
   */
  private async settleTenant(tenantId: TenantId, answered: readonly Answered[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<PaymentId, Outcome>();
    const byId = Map.groupBy(answered, ({ leased }) => leased.id);
    const results = await this.needs.repository.change(wholeTenant(tenantId), [...byId.keys()], (payment) => {
      outcomes.set(payment.id, done);
      if (payment.isTerminal) return undefined;
      const now = this.needs.clock.now();
      const own = byId.get(payment.id) as readonly Answered[];
      for (const { answer } of own) {
        const ending = endingBy(answer, payment, { now, eventId: this.needs.newId(now) });
        if (ending) return ending;
      }
      const ours = own.find(({ leased }) => leased.leaseUntil?.getTime() === payment.state.leaseUntil?.getTime());
      return ours && this.askAgain(payment, ours.answer, now, outcomes);
    });
    tellEnded(this.needs, tenantId, results);
    return answered.map(({ leased }) => outcomes.get(leased.id) ?? done);
  }

  /** Unknown is not failed: only time passes, and after a while operators are told. */
  private askAgain(payment: Payment, answer: RailAnswer, now: Date, outcomes: Map<PaymentId, Outcome>): Change {
    const { attempts, attention } = payment.state;
    const delayMs = this.retryOrGiveUp.delayMs(attempts);
    outcomes.set(payment.id, { outcome: 'retry', delayMs });
    const detail = answer.outcome === 'unknown' ? answer.detail : 'the rail does not know it';
    const told = attempts >= this.options.unknownAttentionAfter ? `outcome unknown: ${detail}` : attention;
    return payment.postpone(now, new Date(now.getTime() + delayMs), told);
  }
}
