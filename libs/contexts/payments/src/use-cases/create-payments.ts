import type { Clock, NewId } from '@ferry/kernel';
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
  | Exclude<AddOutcome, { outcome: 'added' }>;

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

  /** One outcome per command, in order; the commands of one tenant share a transaction. */
  async execute(commands: readonly CreatePayment[]): Promise<readonly CreateOutcome[]> {
    const outcomes: CreateOutcome[] = [];
    await Promise.all(
      [...byTenant(commands)].map(async ([tenantId, indexes]) => {
        const prepared = indexes.map((index) => this.prepare(commands[index] as CreatePayment));
        const added = await this.repository.add(
          tenantId,
          prepared.map(({ addition }) => addition),
        );
        prepared.forEach((one, i) => {
          const outcome = added[i] as AddOutcome;
          outcomes[indexes[i] as number] =
            outcome.outcome === 'added'
              ? { outcome: 'created', payment: one.addition.change.payment, response: one.response }
              : outcome;
        });
      }),
    );
    this.announce(outcomes);
    return outcomes;
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

function byTenant(commands: readonly CreatePayment[]): Map<TenantId, number[]> {
  const groups = new Map<TenantId, number[]>();
  commands.forEach(({ instruction: { tenantId } }, index) => {
    const group = groups.get(tenantId);
    if (group) group.push(index);
    else groups.set(tenantId, [index]);
  });
  return groups;
}
