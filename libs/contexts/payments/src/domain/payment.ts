import { timeOfId, type Money, type Origin, type Uuid } from '@ferry/kernel';
import { paymentEventTypes, type PaymentEvent } from './payment-event.js';
import { canBecome, isTerminal, type PaymentStatus } from './payment-status.js';

export const paymentKinds = ['PAYMENT', 'DEPOSIT', 'WITHDRAWAL', 'DEBIT_ORDER'] as const;
export type PaymentKind = (typeof paymentKinds)[number];

export type TenantId = string;
export type BusinessUnitId = string;
export type PaymentId = Uuid;

/** The business unit that every tenant has: of payments that name none. */
export const DEFAULT_UNIT: BusinessUnitId = 'default';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type Metadata = Readonly<Record<string, JsonValue>>;

/** What the client asked for; never changes. */
export interface PaymentInstruction {
  readonly tenantId: TenantId;
  readonly businessUnitId: BusinessUnitId;
  readonly kind: PaymentKind;
  readonly rail: string;
  readonly money: Money;
  /** The client's own unique name for this payment. */
  readonly reference: string;
  /** The client's id of the customer, if given. */
  readonly externalId?: string | undefined;
  /** The client's id of the account, if given. */
  readonly accountId?: string | undefined;
  readonly metadata: Metadata;
  readonly origin: Origin;
}

export interface PaymentState extends PaymentInstruction {
  readonly id: PaymentId;
  readonly status: PaymentStatus;
  /** Why it failed, in one of the words of `failure-reasons.ts`. */
  readonly reason?: string | undefined;
  /** What an operator must look at. The payment is never guessed out of this state. */
  readonly attention?: string | undefined;
  readonly providerReference?: string | undefined;
  /** How often a worker took it up since its creation or its last replay. */
  readonly attempts: number;
  /** When a worker should take it up next; absent when terminal or parked for attention. */
  readonly nextAttemptAt?: Date | undefined;
  /** Until when the worker that took it up may be waiting for the rail. */
  readonly leaseUntil?: Date | undefined;
  /** Number of status changes, creation included: 1 for a new payment. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** New state, history row and events of one decision: they commit together or not at all. */
export interface Change {
  readonly payment: Payment;
  /** The status before; absent at creation. */
  readonly from?: PaymentStatus | undefined;
  /** One event for each status change, none for mere bookkeeping (a postponed attempt). */
  readonly events: readonly PaymentEvent[];
  /** No message will speak for it: the sweeper may as soon as it is due, without the time of grace. */
  readonly unannounced?: true | undefined;
}

/** When a change happens and the id of the event it makes. */
export interface Occasion {
  readonly now: Date;
  readonly eventId: Uuid;
}

export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
}

export class Payment {
  private constructor(readonly state: PaymentState) {}

  static create(instruction: PaymentInstruction, id: PaymentId, { now, eventId }: Occasion): Change {
    assert(instruction.money.amountMinor > 0n, 'an amount is positive');
    assert(instruction.reference.length > 0, 'a payment has a reference');
    assert(instruction.businessUnitId.length > 0, 'a payment has a business unit');
    const payment = new Payment({
      ...instruction,
      id,
      status: 'PENDING',
      attempts: 0,
      nextAttemptAt: now,
      version: 1,
      createdAt: timeOfId(id),
      updatedAt: now,
    });
    return { payment, events: [payment.event({ now, eventId })] };
  }

  /** For repositories only: brings a stored payment back and checks what must hold of every stored payment. */
  static restore(state: PaymentState): Payment {
    assert(state.money.amountMinor > 0n, `payment ${state.id} has a positive amount`);
    assert(state.version >= 1, `payment ${state.id} has a version`);
    assert(
      !isTerminal(state.status) || (state.nextAttemptAt === undefined && state.leaseUntil === undefined),
      `payment ${state.id} is terminal, so nothing is due`,
    );
    return new Payment(state);
  }

  get id(): PaymentId {
    return this.state.id;
  }

  get isTerminal(): boolean {
    return isTerminal(this.state.status);
  }

  /** Given up until an operator replays it. */
  get isParked(): boolean {
    return !this.isTerminal && this.state.nextAttemptAt === undefined;
  }

  /**
   * A worker may take it up: not terminal, not parked, its time has come and nobody holds it. For one that is new and that
   * nobody has put back the time has always come: the clock of the process that made it may be ahead of ours.
   */
  isDue(now: Date): boolean {
    const { nextAttemptAt, leaseUntil, attempts, updatedAt } = this.state;
    if (nextAttemptAt === undefined || (leaseUntil !== undefined && leaseUntil > now)) return false;
    return nextAttemptAt <= now || (attempts === 0 && nextAttemptAt <= updatedAt);
  }

  /** Takes it up for a call outside: counts the attempt and leases the payment. Asking again needs no event. */
  takeUp(occasion: Occasion, leaseUntil: Date): Change {
    const leased = { attempts: this.state.attempts + 1, leaseUntil, nextAttemptAt: leaseUntil };
    return this.state.status === 'PROCESSING'
      ? this.note(occasion.now, leased)
      : this.become('PROCESSING', occasion, leased);
  }

  succeed(occasion: Occasion, providerReference = this.state.providerReference): Change {
    return this.become('SUCCESS', occasion, { ...settled, providerReference });
  }

  fail(occasion: Occasion, reason: string): Change {
    return this.become('FAILED', occasion, { ...settled, reason });
  }

  cancel(occasion: Occasion): Change {
    return this.become('CANCELLED', occasion, settled);
  }

  /** No answer yet: try or ask again at `nextAttemptAt`. `attention` tells operators of one that stays unknown. */
  postpone(now: Date, nextAttemptAt: Date, attention?: string): Change {
    return this.note(now, { nextAttemptAt, leaseUntil: undefined, attention: attention ?? this.state.attention });
  }

  /** Counts an attempt that ended without any effect outside. */
  countAttempt(now: Date): Payment {
    return this.note(now, { attempts: this.state.attempts + 1 }).payment;
  }

  /** Stops trying until an operator replays it. The status stays what is known to be true. */
  park(now: Date, attention: string): Change {
    return this.note(now, { attention, nextAttemptAt: undefined, leaseUntil: undefined });
  }

  /** An operator wants it tried again from the start. */
  replay(now: Date): Change {
    return this.note(now, { attention: undefined, attempts: 0, nextAttemptAt: now });
  }

  private become(status: PaymentStatus, occasion: Occasion, changed: Partial<PaymentState>): Change {
    const from = this.state.status;
    if (!canBecome(from, status))
      throw new IllegalTransition(`payment ${this.id} is ${from} and cannot become ${status}`);
    const payment = new Payment({
      ...this.state,
      ...changed,
      status,
      version: this.state.version + 1,
      updatedAt: occasion.now,
    });
    return { payment, from, events: [payment.event(occasion)] };
  }

  private note(now: Date, changed: Partial<PaymentState>): Change {
    if (this.isTerminal) throw new IllegalTransition(`payment ${this.id} is ${this.state.status} and does not change`);
    return { payment: new Payment({ ...this.state, ...changed, updatedAt: now }), from: this.state.status, events: [] };
  }

  private event({ now, eventId }: Occasion): PaymentEvent {
    return {
      id: eventId,
      type: paymentEventTypes[this.state.status],
      at: now,
      version: this.state.version,
      payment: this.state,
    };
  }
}

const settled = { nextAttemptAt: undefined, leaseUntil: undefined, attention: undefined };

function assert(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Error(`rule broken: ${rule}`);
}
