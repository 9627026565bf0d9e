import { isolate } from '@ferry/kernel';
import { wholeTenant } from '../../domain/owner.js';
import type { Change, Payment, PaymentId, TenantId } from '../../domain/payment.js';
import type { Outcome, PaymentMessage } from '../../ports/payment-queue.js';
import type { ChangeOutcome } from '../../ports/payment-repository.js';
import type { Rail, RailAnswer } from '../../ports/rail.js';
import { allEnded } from './all-ended.js';
import { callRail } from './call-rail.js';
import type { ProcessDependencies, ProcessOptions } from './process-needs.js';
import { RailPlaces, type BatchPlaces } from './rail-places.js';
import { RetryOrGiveUp } from './retry-or-give-up.js';
import { SettleAnswers } from './settle-answers.js';
import { TakeUp } from './take-up.js';
import { tellEnded } from './tell-ended.js';

const done: Outcome = { outcome: 'done' };

/**
 * Processes payments, each once in effect: the row, locked, says what is left to do. What needs no call outside is decided and
 * committed under the lock; the rest is leased, committed, sent outside the lock with the payment's id as its key, and settled
 * under the lock again, as the answers come.
 */
export class ProcessPayments {
  private readonly retryOrGiveUp: RetryOrGiveUp;
  private readonly settleAnswers: SettleAnswers;
  private readonly places: RailPlaces;
  private readonly takeUp: TakeUp;

  constructor(
    private readonly needs: ProcessDependencies,
    private readonly options: ProcessOptions,
  ) {
    this.retryOrGiveUp = new RetryOrGiveUp(needs, options);
    this.settleAnswers = new SettleAnswers(needs, options, this.retryOrGiveUp);
    this.places = new RailPlaces(options.railCallsMax);
    this.takeUp = new TakeUp(needs, options, this.retryOrGiveUp, this.places);
  }

  /**
   * One outcome per message, in order; one that waits for a rail is a promise. Rejects only when the store is away: then
   * nothing is known and all may come again.
   */
  async handle(messages: readonly PaymentMessage[]): Promise<readonly (Outcome | Promise<Outcome>)[]> {
    const outcomes = new Map<PaymentMessage, Outcome | Promise<Outcome>>();
    const pending: Promise<Outcome>[] = [];
    try {
      await allEnded(
        [...Map.groupBy(messages, ({ tenantId }) => tenantId)].map(async ([tenantId, group]) => {
          const results = await this.handleIsolated(tenantId, group, pending);
          for (const message of group) outcomes.set(message, results.get(message.paymentId) ?? done);
        }),
      );
    } catch (error) {
      await Promise.allSettled(pending); // nothing runs on behind the back of who asked
      throw error;
    }
    return messages.map((message) => outcomes.get(message) ?? done);
  }

  /** Messages of the same payment share its outcome; the one that was tried most often counts. */
  private async handleIsolated(
    tenantId: TenantId,
    messages: readonly PaymentMessage[],
    pending: Promise<Outcome>[],
  ): Promise<ReadonlyMap<PaymentId, Outcome | Promise<Outcome>>> {
    const byAttempt = messages.toSorted((one, other) => one.attempt - other.attempt);
    const attempts = [...new Map(byAttempt.map(({ paymentId, attempt }) => [paymentId, attempt]))];
    const results = await isolate(
      attempts,
      async (some) => {
        const outcomes = await this.processBatch(tenantId, some.map(([id]) => id), pending); // prettier-ignore
        return some.map(([id]) => [id, outcomes.get(id) ?? done] as const);
      },
      async ([id, attempt], error) =>
        [id, await this.retryOrGiveUp.afterFault(tenantId, id, attempt + 1, error)] as const,
    );
    return new Map(results);
  }

  private async processBatch(
    tenantId: TenantId,
    ids: readonly PaymentId[],
    pending: Promise<Outcome>[],
  ): Promise<ReadonlyMap<PaymentId, Outcome | Promise<Outcome>>> {
    const outcomes = new Map<PaymentId, Outcome>();
    const places = this.places.forBatch();
    let called: ReadonlyMap<PaymentId, Promise<Outcome>> = new Map();
    try {
      const decide = (payment: Payment): Change | undefined => this.takeUp.decide(payment, outcomes, places);
      const results = await this.needs.repository.change(wholeTenant(tenantId), ids, decide);
      tellEnded(this.needs, tenantId, results);
      called = this.callRails(results, places);
    } finally {
      places.freeAllBut(new Set(called.keys()));
    }
    pending.push(...called.values());
    return new Map<PaymentId, Outcome | Promise<Outcome>>([...outcomes, ...called]);
  }

  /** The outcome of each leased payment, once its rail has answered and the answer is settled. */
  private callRails(results: readonly ChangeOutcome[], places: BatchPlaces): ReadonlyMap<PaymentId, Promise<Outcome>> {
    const leased = results.flatMap((result) =>
      result.outcome === 'changed' && result.change.payment.state.leaseUntil !== undefined ? [result.change] : [],
    );
    const settled = async ({ id, state }: Payment, answering: Promise<RailAnswer>): Promise<Outcome> => {
      const answer = await answering;
      places.free(id);
      return this.settleAnswers.add({ leased: state, answer });
    };
    const outcomes = new Map<PaymentId, Promise<Outcome>>();
    for (const [name, changes] of Map.groupBy(leased, ({ payment }) => payment.state.rail)) {
      const options = { timeoutMs: this.options.railTimeoutMs, ...this.needs };
      const answers = callRail(this.needs.rails.get(name) as Rail, changes, options);
      for (const { payment } of changes)
        outcomes.set(payment.id, settled(payment, answers.get(payment.id) as Promise<RailAnswer>));
    }
    for (const outcome of outcomes.values()) outcome.catch(() => {}); // it may reject before anyone listens
    return outcomes;
  }
}
