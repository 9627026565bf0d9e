import { isolate, type Clock, type NewId } from '@ferry/kernel';
import { Payment, type PaymentInstruction, type TenantId } from '../domain/payment.js';
import type { Addition, AddOutcome, PaymentRepository } from '../ports/payment-repository.js';
import type { PaymentMessage, PaymentQueue } from '../ports/payment-queue.js';
import type { TenantRules } from '../ports/tenant-rules.js';
import { Announcing } from './announcing.js';
import { KeepRules, type Refused } from './keep-rules.js';

export interface CreatePayment {
  readonly instruction: PaymentInstruction;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
  /** Renders the answer that a replay gives again; called once, before anything is written. */
  readonly respond: (created: Payment) => string;
}

export type CreateOutcome =
  | {
      readonly outcome: 'created';
      readonly payment: Payment;
      readonly response: string;
      /** A message goes to the queue for it; otherwise the sweeper finds it when it is its tenant's turn. */
      readonly announced: boolean;
    }
  | Exclude<AddOutcome, { outcome: 'added' }>
  | Refused
  /** Not stored. With `Unavailable` not even that is known; the same request may be made again. */
  | { readonly outcome: 'failed'; readonly error: unknown };

export interface CreatePaymentsOptions {
  /** How long a key is remembered. RELIABILITY.md promises 30 days, DESIGN.md at least 31. */
  readonly idempotencyDays: number;
  /** Messages that may stand before one that is announced: see `Announcing`. */
  readonly aheadMax: number;
}

const DAY_MS = 86_400_000;

/** Accepts payments: durable when this answers, then a hint to the queue that nobody waits for. */
export class CreatePayments {
  private readonly rules: KeepRules;
  private readonly announcing: Announcing;

  constructor(
    private readonly repository: PaymentRepository,
    private readonly queue: PaymentQueue,
    rules: TenantRules,
    private readonly clock: Clock,
    private readonly newId: NewId,
    private readonly options: CreatePaymentsOptions,
  ) {
    this.rules = new KeepRules(rules, repository, clock);
    this.announcing = new Announcing(queue, options.aheadMax);
  }

  /**
   * One outcome per command, in order; the commands of one tenant share a transaction. Never rejects: a command that could not be stored, or
   * whose tenant's store is away, has `failed`, and the others are stored all the same.
   */
  async execute(commands: readonly CreatePayment[]): Promise<readonly CreateOutcome[]> {
    const outcomes = new Map<CreatePayment, CreateOutcome>();
    await Promise.all(
      [...Map.groupBy(commands, ({ instruction }) => instruction.tenantId)].map(async ([tenantId, group]) => {
        const own = await this.executeOf(tenantId, group).catch((error: unknown) => group.map(() => failed(error)));
        group.forEach((command, i) => outcomes.set(command, own[i] as CreateOutcome));
      }),
    );
    const results = commands.map((command) => outcomes.get(command) as CreateOutcome);
    this.announce(results);
    return results;
  }

  private async executeOf(tenantId: TenantId, commands: readonly CreatePayment[]): Promise<readonly CreateOutcome[]> {
    const notAllowed = await this.rules.notAllowed(tenantId, commands);
    const allowed = commands.filter((command) => !notAllowed.has(command));
    const outcomes = new Map<CreatePayment, CreateOutcome>(notAllowed);
    if (allowed.length > 0) {
      const run = (some: readonly CreatePayment[]) => this.add(tenantId, some);
      const added = await isolate(allowed, run, (_, error) => failed(error));
      allowed.forEach((command, i) => outcomes.set(command, added[i] as CreateOutcome));
    }
    return commands.map((command) => outcomes.get(command) as CreateOutcome);
  }

  private async add(tenantId: TenantId, commands: readonly CreatePayment[]): Promise<readonly CreateOutcome[]> {
    const room = this.announcing.room(tenantId);
    const prepared = commands.map((command, i) => this.prepare(command, i < room));
    const added = await this.repository.add(
      tenantId,
      prepared.map(({ addition }) => addition),
    );
    return prepared.map(({ addition: { change }, response }, i) => {
      const outcome = added[i] as AddOutcome;
      if (outcome.outcome !== 'added') return outcome;
      return { outcome: 'created', payment: change.payment, response, announced: !change.unannounced };
    });
  }

  private prepare(
    { instruction, idempotency, respond }: CreatePayment,
    announced: boolean,
  ): { addition: Addition; response: string } {
    const now = this.clock.now();
    const created = Payment.create(instruction, this.newId(now), { now, eventId: this.newId(now) });
    const change = announced ? created : { ...created, unannounced: true as const };
    const response = respond(change.payment);
    const expiresAt = new Date(now.getTime() + this.options.idempotencyDays * DAY_MS);
    return { addition: { change, idempotency: idempotency && { ...idempotency, response, expiresAt } }, response };
  }

  /** Not awaited: a publish that fails changes nothing for the client, because the sweeper speaks for the row. */
  private announce(outcomes: readonly CreateOutcome[]): void {
    const messages = outcomes.flatMap((outcome): PaymentMessage[] => {
      if (outcome.outcome !== 'created' || !outcome.announced) return [];
      const { tenantId, id: paymentId, origin } = outcome.payment.state;
      return [{ tenantId, paymentId, origin, attempt: 0 }];
    });
    for (const [tenantId, own] of Map.groupBy(messages, (message) => message.tenantId))
      this.announcing.announced(tenantId, own.length);
    if (messages.length > 0) void this.queue.publish(messages);
  }
}

const failed = (error: unknown): CreateOutcome => ({ outcome: 'failed', error });
