import { stopwatch, type Clock, type Stopwatch } from '@ferry/kernel';
import type { TenantId } from '../domain/payment.js';
import { Turns } from '../domain/turns.js';
import type { DuePayments } from '../ports/due-payments.js';
import type { PaymentQueue } from '../ports/payment-queue.js';

export interface SweepOptions {
  /** Messages that may stand before one that is announced. What is beyond waits in the store, where waiting costs nothing. */
  readonly aheadMax: number;
  /** Payments announced by one sweep at most. */
  readonly batchMax: number;
  /** How long an announced payment is left alone before it is announced again. */
  readonly againAfterMs: number;
}

export interface Swept {
  readonly announced: number;
  /** More is waiting for which there is room. */
  readonly more: boolean;
  /** More is waiting for which there is no room now. */
  readonly full: boolean;
}

/** Of one tenant in its turn, at least, unless there is no room: each claim is a transaction. */
const IN_A_TURN_MIN = 10;
/** Looked for at once; further ones by the next look. */
const TENANTS_MAX = 1_000;
/** A look asks for every tenant, so while some are known to wait new ones are looked for only so often. */
const LOOK_EVERY_MS = 200;

/** Speaks for payments that no message speaks for, the tenants in turn. Several processes may sweep at once. */
export class SweepPayments {
  private readonly turns = new Turns();
  private lookedAt: Stopwatch | undefined;
  /** Where the next look goes on; from the beginning when undefined. */
  private after: TenantId | undefined;

  constructor(
    private readonly due: DuePayments,
    private readonly queue: PaymentQueue,
    private readonly clock: Clock,
    private readonly options: SweepOptions,
  ) {}

  /** One bounded sweep. */
  async run(): Promise<Swept> {
    const now = this.clock.now();
    await this.look(now);
    const line = this.turns.line();
    const share = Math.max(IN_A_TURN_MIN, Math.floor(this.options.batchMax / line.length));
    const sent: Promise<number>[] = [];
    let claimed = 0;
    for (const tenantId of line) {
      const limit = Math.min(share, this.options.batchMax - claimed, this.roomFor(tenantId));
      if (limit > 0) claimed += await this.announce(tenantId, limit, now, sent);
    }
    const announced = (await Promise.all(sent)).reduce((sum, one) => sum + one, 0);
    // What a queue refuses comes again later; to claim more for it now would only delay more.
    if (announced < claimed) return { announced, more: false, full: false };
    return { announced, ...this.rest() };
  }

  private async look(now: Date): Promise<void> {
    if (!this.turns.isEmpty && this.lookedAt && this.lookedAt() < LOOK_EVERY_MS) return;
    const found = await this.due.tenants(TENANTS_MAX, now, this.after);
    this.lookedAt = stopwatch();
    this.after = found.length < TENANTS_MAX ? undefined : found.at(-1);
    for (const tenantId of found) this.turns.join(tenantId);
  }

  /** Answers how many were claimed. Published before the next tenant's, so that the queue knows of them when it says how much room it has. */
  private async announce(tenantId: TenantId, limit: number, now: Date, sent: Promise<number>[]): Promise<number> {
    const until = new Date(now.getTime() + this.options.againAfterMs);
    const claimed = await this.due.claim(tenantId, limit, now, until);
    if (claimed.length < limit) this.turns.leave(tenantId);
    else this.turns.toTheEnd(tenantId);
    if (claimed.length > 0) sent.push(this.publish(claimed));
    return claimed.length;
  }

  private async publish(claimed: Awaited<ReturnType<DuePayments['claim']>>): Promise<number> {
    const taken = await this.queue.publish(claimed.map((payment) => ({ ...payment, attempt: 0 })));
    return taken.filter(Boolean).length;
  }

  private roomFor(tenantId: TenantId): number {
    return this.options.aheadMax - (this.queue.ahead(tenantId) ?? Infinity);
  }

  private rest(): Omit<Swept, 'announced'> {
    const line = this.turns.line();
    const more = line.some((tenantId) => this.roomFor(tenantId) > 0);
    return { more, full: line.length > 0 && !more };
  }
}
