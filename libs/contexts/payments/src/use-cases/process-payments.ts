import {
  backoffMs,
  Batcher,
  errorFields,
  isolate,
  traceIdOf,
  type Backoff,
  type Clock,
  type Logger,
  type Meter,
  type NewId,
} from '@ferry/kernel';
import type { Change, Payment, PaymentId, PaymentState, TenantId } from '../domain/payment.js';
import type { Outcome, PaymentMessage } from '../ports/payment-queue.js';
import type { ChangeOutcome, PaymentRepository } from '../ports/payment-repository.js';
import type { PaymentSignals } from '../ports/payment-signals.js';
import type { Rail, RailAnswer } from '../ports/rail.js';
import { callRail } from './call-rail.js';

export interface ProcessOptions {
  /** How long a rail may take to answer; shorter than the lease, so that a settled answer finds its lease alive. */
  readonly railTimeoutMs: number;
  readonly leaseMs: number;
  /** Between attempts of a payment. */
  readonly retry: Backoff;
  /** Attempts without any effect outside before the payment is parked. */
  readonly attemptsMax: number;
  /** Attempts with an unknown outcome before operators are told; asking goes on. */
  readonly unknownAttentionAfter: number;
}

export interface ProcessDependencies {
  readonly repository: PaymentRepository;
  readonly rails: ReadonlyMap<string, Rail>;
  readonly signals: PaymentSignals;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Answers that come while so many transactions settle others form the next batch; as many as creations have at once. */
const SETTLE_CONCURRENCY = 2;
/** Answers settled in one transaction of a tenant. */
const SETTLE_BATCH_MAX = 500;
/** Answers that wait to be settled; generous, because the prefetch bounds them already. */
export const SETTLE_WAITING_MAX = 10_000;

const done: Outcome = { outcome: 'done' };

/** What a rail answered to one lease of a payment. */
interface Answered {
  readonly leased: PaymentState;
  readonly answer: RailAnswer;
}

/**
 * Processes payments, each once in effect: the row, locked, says what is left to do. What needs no call outside is decided and
 * committed under the lock; the rest is leased, committed, sent outside the lock with the payment's id as its key, and settled
 * under the lock again, as the answers come.
 */
export class ProcessPayments {
  private readonly settling = new Batcher<Answered, Outcome>((answered) => this.settleAnswers(answered), {
    sizeMax: SETTLE_BATCH_MAX,
    concurrency: SETTLE_CONCURRENCY,
    waitingMax: SETTLE_WAITING_MAX,
    onFlush: (size) => this.needs.meter.observe('batch_size', size, { name: 'settle' }),
  });

  constructor(
    private readonly needs: ProcessDependencies,
    private readonly options: ProcessOptions,
  ) {}

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
      async ([id, attempt], error) => [id, await this.faulty(tenantId, id, attempt + 1, error)] as const,
    );
    return new Map(results);
  }

  /** What the store cannot take is tried again, and parked after the last attempt. */
  private async faulty(tenantId: TenantId, paymentId: PaymentId, attempts: number, error: unknown): Promise<Outcome> {
    const fields = errorFields(error);
    this.needs.logger.error('payment could not be processed', { payment_id: paymentId, attempts, ...fields });
    const outcome = this.retryOrGiveUp(attempts, String(fields.error));
    if (outcome.outcome === 'give-up') await this.park(tenantId, paymentId, outcome.reason);
    return outcome;
  }

  /** So that the sweeper does not bring back for ever what always fails. If even this fails, the dead letter still tells. */
  private async park(tenantId: TenantId, paymentId: PaymentId, why: string): Promise<void> {
    try {
      await this.needs.repository.change(tenantId, [paymentId], (payment) =>
        payment.isTerminal ? undefined : payment.park(this.needs.clock.now(), why),
      );
    } catch (error) {
      this.needs.logger.error('payment could not be parked', { payment_id: paymentId, ...errorFields(error) });
    }
  }

  private async processBatch(
    tenantId: TenantId,
    ids: readonly PaymentId[],
    pending: Promise<Outcome>[],
  ): Promise<ReadonlyMap<PaymentId, Outcome | Promise<Outcome>>> {
    const outcomes = new Map<PaymentId, Outcome>();
    const results = await this.needs.repository.change(tenantId, ids, (payment) => this.decide(payment, outcomes));
    this.tell(tenantId, results);
    const called = this.callRails(results);
    pending.push(...called.values());
    return new Map<PaymentId, Outcome | Promise<Outcome>>([...outcomes, ...called]);
  }

  /** Under the lock. `outcomes` is set anew if the transaction is retried. */
  private decide(payment: Payment, outcomes: Map<PaymentId, Outcome>): Change | undefined {
    const now = this.needs.clock.now();
    outcomes.set(payment.id, done);
    if (payment.isTerminal || !payment.isDue(now)) return undefined;
    const rail = this.needs.rails.get(payment.state.rail);
    if (!rail) return this.failedAttempt(payment, now, `no rail ${payment.state.rail} here`, outcomes);
    if (payment.state.status === 'PENDING') {
      try {
        const answer = rail.decideAtOnce?.(payment.state);
        if (answer) return this.settle(payment.countAttempt(now), answer, now);
      } catch (error) {
        return this.failedAttempt(payment, now, `rail ${rail.name}: ${String(errorFields(error).error)}`, outcomes);
      }
    }
    const leaseUntil = new Date(now.getTime() + this.options.leaseMs);
    return payment.takeUp({ now, eventId: this.needs.newId(now) }, leaseUntil);
  }

  private failedAttempt(payment: Payment, now: Date, why: string, outcomes: Map<PaymentId, Outcome>): Change {
    const counted = payment.countAttempt(now);
    const outcome = this.retryOrGiveUp(counted.state.attempts, why);
    outcomes.set(payment.id, outcome);
    return outcome.outcome === 'retry'
      ? counted.postpone(now, new Date(now.getTime() + outcome.delayMs))
      : counted.park(now, why);
  }

  private retryOrGiveUp(attempts: number, why: string): Outcome {
    if (attempts >= this.options.attemptsMax) return { outcome: 'give-up', reason: why };
    return { outcome: 'retry', delayMs: this.delayMs(attempts) };
  }

  private delayMs = (attempts: number): number => backoffMs(this.options.retry, attempts, this.needs.random());

  private settle(payment: Payment, answer: RailAnswer, now: Date): Change | undefined {
    const occasion = { now, eventId: this.needs.newId(now) };
    if (answer.outcome === 'succeeded') return payment.succeed(occasion, answer.providerReference);
    if (answer.outcome === 'failed') return payment.fail(occasion, answer.reason);
    return undefined;
  }

  /** The outcome of each leased payment, once its rail has answered and the answer is settled. */
  private callRails(results: readonly ChangeOutcome[]): ReadonlyMap<PaymentId, Promise<Outcome>> {
    const leased = results.flatMap((result) =>
      result.outcome === 'changed' && result.change.payment.state.leaseUntil !== undefined ? [result.change] : [],
    );
    const settled = async ({ state }: Payment, answer: Promise<RailAnswer>): Promise<Outcome> =>
      this.settling.add({ leased: state, answer: await answer });
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

  /** One outcome per answer. One that the store cannot take does not keep the others from being settled. */
  private async settleAnswers(answered: readonly Answered[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<Answered, Outcome>();
    await allEnded(
      [...Map.groupBy(answered, ({ leased }) => leased.tenantId)].map(async ([tenantId, group]) => {
        const settled = await isolate(
          group,
          (some) => this.settleTenant(tenantId, some),
          ({ leased }, error) => this.faulty(tenantId, leased.id, leased.attempts, error),
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
    const results = await this.needs.repository.change(tenantId, [...byId.keys()], (payment) => {
      outcomes.set(payment.id, done);
      if (payment.isTerminal) return undefined;
      const now = this.needs.clock.now();
      const own = byId.get(payment.id) as readonly Answered[];
      for (const { answer } of own) {
        const ending = this.settle(payment, answer, now);
        if (ending) return ending;
      }
      const ours = own.find(({ leased }) => leased.leaseUntil?.getTime() === payment.state.leaseUntil?.getTime());
      return ours && this.askAgain(payment, ours.answer, now, outcomes);
    });
    this.tell(tenantId, results);
    return answered.map(({ leased }) => outcomes.get(leased.id) ?? done);
  }

  /** Unknown is not failed: only time passes, and after a while operators are told. */
  private askAgain(payment: Payment, answer: RailAnswer, now: Date, outcomes: Map<PaymentId, Outcome>): Change {
    const { attempts, attention } = payment.state;
    const delayMs = this.delayMs(attempts);
    outcomes.set(payment.id, { outcome: 'retry', delayMs });
    const detail = answer.outcome === 'unknown' ? answer.detail : 'the rail does not know it';
    const told = attempts >= this.options.unknownAttentionAfter ? `outcome unknown: ${detail}` : attention;
    return payment.postpone(now, new Date(now.getTime() + delayMs), told);
  }

  private tell(tenantId: TenantId, results: readonly ChangeOutcome[]): void {
    const ended = results.flatMap((result) =>
      result.outcome === 'changed' && result.change.payment.isTerminal ? [result.change.payment.state] : [],
    );
    if (ended.length === 0) return;
    this.needs.signals.announce(ended.map(({ id }) => ({ tenantId, paymentId: id })));
    for (const { id, status, reason, rail, createdAt, updatedAt, origin } of ended) {
      this.needs.logger.info('payment ended', {
        payment_id: id,
        tenant_id: tenantId,
        status,
        reason,
        correlation_id: origin.correlationId,
        trace_id: traceIdOf(origin.traceparent),
      });
      this.needs.meter.count('payments_ended_total', { status, rail });
      this.needs.meter.observe('payment_duration_seconds', (updatedAt.getTime() - createdAt.getTime()) / 1000, {
        rail,
      });
    }
  }
}

/** Rejects as `Promise.all` does, but only when all have ended: nothing runs on behind the back of who asked. */
async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason;
}
