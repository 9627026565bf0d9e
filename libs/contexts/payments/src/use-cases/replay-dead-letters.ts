import type { Clock } from '@ferry/kernel';
import { wholeTenant } from '../domain/owner.js';
import type { PaymentId, TenantId } from '../domain/payment.js';
import type { DeadLetter, DeadLetters } from '../ports/payment-queue.js';
import type { DuePayment, DuePayments } from '../ports/due-payments.js';
import type { PaymentRepository } from '../ports/payment-repository.js';

export interface ReplayReport {
  /** Parked payments made due again. */
  readonly payments: number;
  /** Dead letters put back into the queue. */
  readonly replayed: number;
  /** Dead letters that cannot be read, or whose payment does not exist; they stay. */
  readonly kept: number;
  /** Dead letters whose payment has ended meanwhile; nothing is left to do. */
  readonly dropped: number;
}

const PAGE = 500;

/**
 * Brings parked payments and dead letters back. The rows decide: a payment parked for attention becomes due again, whether or not a
 * dead letter still speaks for it.
 */
export class ReplayDeadLetters {
  constructor(
    private readonly repository: PaymentRepository,
    private readonly due: DuePayments,
    private readonly letters: DeadLetters,
    private readonly clock: Clock,
  ) {}

  /** What a replay would find, without changing anything. */
  async preview(max: number): Promise<{ readonly parked: readonly DuePayment[]; readonly letters: number }> {
    return { parked: await this.due.parked(max), letters: await this.letters.count() };
  }

  async run(max: number, progress: (done: number) => void = () => {}): Promise<ReplayReport> {
    const payments = await this.unpark(max, progress);
    const drained = await this.letters.drain((letter) => this.decide(letter), max);
    return { payments, ...drained };
  }

  private async unpark(max: number, progress: (done: number) => void): Promise<number> {
    let done = 0;
    let last: DuePayment | undefined;
    while (done < max) {
      const parked = await this.due.parked(Math.min(PAGE, max - done), last);
      last = parked.at(-1);
      if (last === undefined) break;
      for (const [tenantId, ids] of byTenant(parked)) done += await this.replay(tenantId, ids);
      progress(done);
    }
    return done;
  }

  /** Answers how many: what was replayed by somebody else meanwhile is left alone. */
  private async replay(tenantId: TenantId, ids: readonly PaymentId[]): Promise<number> {
    const outcomes = await this.repository.change(wholeTenant(tenantId), ids, (payment) =>
      payment.isParked ? payment.replay(this.clock.now()) : undefined,
    );
    return outcomes.filter(({ outcome }) => outcome === 'changed').length;
  }

  private async decide({ message }: DeadLetter): Promise<'replay' | 'keep' | 'drop'> {
    if (message === undefined) return 'keep';
    const [payment] = await this.repository.find(wholeTenant(message.tenantId), [message.paymentId]);
    if (payment === undefined) return 'keep';
    return payment.isTerminal ? 'drop' : 'replay';
  }
}

function byTenant(payments: readonly DuePayment[]): Map<TenantId, PaymentId[]> {
  const groups = new Map<TenantId, PaymentId[]>();
  for (const { tenantId, paymentId } of payments) groups.set(tenantId, [...(groups.get(tenantId) ?? []), paymentId]);
  return groups;
}
