import { randomBytes } from 'node:crypto';
import { firstIdAt, newId, newTraceparent, parseMoney, type Money } from '@ferry/kernel';
import {
  DEFAULT_UNIT,
  Payment,
  type Change,
  type Occasion,
  type PaymentId,
  type PaymentInstruction,
  type TenantId,
} from '../src/domain/payment.js';
import type { Addition, IdempotencyRecord } from '../src/ports/payment-repository.js';

/** What a test may say about a payment; everything it does not say is valid and unique. */
export interface Given extends Partial<PaymentInstruction> {
  readonly id?: PaymentId;
  /** When it is created; its id is made of the same instant. */
  readonly now?: Date;
}

const DAY_MS = 86_400_000;
let idsMade = 0;

/** A new UUIDv7 of that instant; ids of one process rise, also within a millisecond (4096 of them). */
export const idAt = (time: Date): PaymentId => {
  const sequence = (idsMade++ % 4096).toString(16).padStart(3, '0');
  const random = randomBytes(8).toString('hex');
  return `${firstIdAt(time).slice(0, 15)}${sequence}-8${random.slice(0, 3)}-${random.slice(4)}`;
};

/** Fits `tenant_id VARCHAR(20)`. */
export const aTenant = (): TenantId => `t-${randomBytes(8).toString('hex')}`;

export const aReference = (): string => `ref-${newId()}`;

export const moneyOf = (amount: string, currency: string): Money => {
  const result = parseMoney(amount, currency);
  if ('fault' in result) throw new Error(`${amount} ${currency}: ${result.fault}`);
  return result.money;
};

export const anOccasion = (now = new Date()): Occasion => ({ now, eventId: newId() });

/** An instant so many milliseconds after (or, negative, before) another. */
export const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms);

export const anInstruction = (given: Partial<PaymentInstruction> = {}): PaymentInstruction => ({
  tenantId: 'default',
  businessUnitId: DEFAULT_UNIT,
  kind: 'PAYMENT',
  rail: 'simulated',
  money: moneyOf('100.50', 'EUR'),
  reference: aReference(),
  metadata: {},
  origin: { correlationId: newId(), traceparent: newTraceparent() },
  ...given,
});

/** The creation of a payment. */
export const aChange = ({ id, now, ...instruction }: Given = {}): Change =>
  Payment.create(anInstruction(instruction), id ?? (now ? idAt(now) : newId()), anOccasion(now));

/** A new payment: PENDING, due at once. */
export const aPayment = (given: Given = {}): Payment => aChange(given).payment;

/** With `idempotency`, even an empty one, the addition carries a key. The same reference is the same request. */
export const anAddition = (given: Given = {}, idempotency?: Partial<IdempotencyRecord>): Addition => {
  const change = aChange(given);
  if (!idempotency) return { change };
  const { id, state } = change.payment;
  return {
    change,
    idempotency: {
      key: `key-${id}`,
      fingerprint: Buffer.from(state.reference.padEnd(32)).toString('hex').slice(-64),
      response: JSON.stringify({ id }),
      expiresAt: later(state.updatedAt, 31 * DAY_MS),
      ...idempotency,
    },
  };
};
