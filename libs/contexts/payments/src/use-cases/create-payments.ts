import { isolate, type Clock, type NewId } from '@ferry/kernel';
import { Payment, type PaymentInstruction, type TenantId } from '../domain/payment.js';
import type { Addition, AddOutcome, PaymentRepository } from '../ports/payment-repository.js';
import type { PaymentQueue } from '../ports/payment-queue.js';

export interface CreatePayment {
  readonly instruction: PaymentInstruction;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
  /** Renders the answer that a replay gives again; called once, before anything is written. */
  readonly respond: (created: Payment) => string;
}

export type CreateOutcome =
  | { readonly outcome: 'created'; readonly payment: Payment; readonly response: string }
  | Exclude<AddOutcome, { outcome: 'added' }>
  /** Not stored. With `Unavailable` not even that is known; the same request may be made again. */
  | { readonly outcome: 'failed'; readonly error: unknown };

export interface CreatePaymentsOptions {
  /** How long a key is remembered. RELIABILITY.md promises 30 days, DESIGN.md at least 31. */
  readonly idempotencyDays: number;
}

const DAY_MS = 86_400_000;

/** Accepts payments: durable when this answers, then a hint to the queue that nobody waits for. */
export class CreatePayments {
  constructor(
    private readonly repository: PaymentRepository,
    private readonly queue: PaymentQueue,
    private readonly clock: Clock,
    private readonly newId: NewId,
    private readonly options: CreatePaymentsOptions,
  ) {}

  /**
   * One outcome per command, in order; the commands of one tenant share a transaction. Never rejects: a command that could not be stored, or
   * whose tenant's store is away, has `failed`, and the others are stored all the same.
   */
  async execute(commands: readonly CreatePayment[]): Promise<readonly CreateOutcome[]> {
    const outcomes = new Map<CreatePayment, CreateOutcome>();
    await Promise.all(
      [...Map.groupBy(commands, ({ instruction }) => instruction.tenantId)].map(async ([tenantId, group]) => {
        const added = await isolate(
          group,
          (some) => this.add(tenantId, some),
          (_, error) => failed(error),
        ).catch((error: unknown) => group.map(() => failed(error)));
        group.forEach((command, i) => outcomes.set(command, added[i] as CreateOutcome));
      }),
    );
    const results = commands.map((command) => outcomes.get(command) as CreateOutcome);
    this.announce(results);
    return results;
  }

  private async add(tenantId: TenantId, commands: readonly CreatePayment[]): Promise<readonly CreateOutcome[]> {
    const prepared = commands.map((command) => this.prepare(command));
    const added = await this.repository.add(
      tenantId,
      prepared.map(({ addition }) => addition),
    );
    return prepared.map(({ addition, response }, i) => {
      const outcome = added[i] as AddOutcome;
      return outcome.outcome === 'added' ? { outcome: 'created', payment: addition.change.payment, response } : outcome;
    });
  }

  private prepare({ instruction, idempotency, respond }: CreatePayment): { addition: Addition; response: string } {
    const now = this.clock.now();
    const change = Payment.create(instruction, this.newId(now), { now, eventId: this.newId(now) });
    const response = respond(change.payment);
    const expiresAt = new Date(now.getTime() + this.options.idempotencyDays * DAY_MS);
    return { addition: { change, idempotency: idempotency && { ...idempotency, response, expiresAt } }, response };
  }

  /** Not awaited: a publish that fails changes nothing for the client, because the sweeper speaks for the row. */
  private announce(outcomes: readonly CreateOutcome[]): void {
    const messages = outcomes.flatMap((outcome) =>
      outcome.outcome === 'created'
        ? [
            {
              tenantId: outcome.payment.state.tenantId,
              paymentId: outcome.payment.id,
              origin: outcome.payment.state.origin,
              attempt: 0,
            },
          ]
        : [],
    );
    if (messages.length > 0) void this.queue.publish(messages);
  }
}

const failed = (error: unknown): CreateOutcome => ({ outcome: 'failed', error });
