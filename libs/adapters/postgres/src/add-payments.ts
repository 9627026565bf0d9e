import { eventJson, type Addition, type AddOutcome } from '@ferry/payments';
import { jsonSequence, plainArray } from './array-literal.js';
import { sweepAt, timestamp } from './payment-row.js';
import { PAYMENT_TOPIC } from './payment-topic.js';
import { placeholders, type Statement } from './session.js';

/** What `payments.add_payments` says of an addition that it refused; of the others it says nothing. */
export interface Refusal {
  /** Position in the call, from 1. */
  readonly addition: number;
  readonly outcome: 'replayed' | 'key-reused' | 'duplicate-reference';
  readonly payment_id: string;
  readonly response: string | null;
}

/** One call, one transaction: see the function in the migrations. Keys and references must each be unique within `additions`. */
export function addPayments(tenantId: string, additions: readonly Addition[], graceMs: number): Statement {
  const created = additions.map(({ change, idempotency }) => {
    const { payment, events, unannounced } = change;
    const [event] = events;
    if (event === undefined || events.length > 1 || payment.state.version !== 1)
      throw new Error(`rule broken: payment ${payment.id} is added with its first event`);
    return { state: payment.state, event, idempotency, graceMs: unannounced ? 0 : graceMs };
  });
  const column = <T>(value: (one: (typeof created)[number]) => T): T[] => created.map(value);
  // The caller's now, for keys that have expired: the creation of the youngest payment.
  const now = Math.max(...created.map(({ state }) => state.updatedAt.getTime()));
  return {
    name: 'add-payments',
    text: `select addition, outcome, payment_id, response from payments.add_payments(${PLACES})`,
    values: [
      tenantId,
      new Date(now).toISOString(),
      PAYMENT_TOPIC,
      plainArray(column(({ state }) => state.id)),
      column(({ state }) => state.businessUnitId),
      plainArray(column(({ state }) => state.kind)),
      column(({ state }) => state.rail),
      plainArray(column(({ state }) => state.money.amountMinor)),
      plainArray(column(({ state }) => state.money.currency)),
      column(({ state }) => state.reference),
      column(({ state }) => state.externalId),
      column(({ state }) => state.accountId),
      jsonSequence(column(({ state }) => JSON.stringify(state.metadata))),
      column(({ state }) => state.origin.correlationId),
      column(({ state }) => state.origin.traceparent),
      plainArray(column(({ state }) => timestamp(state.createdAt))),
      plainArray(column(({ state }) => timestamp(state.updatedAt))),
      plainArray(column((one) => timestamp(sweepAt(one.state, one.graceMs)))),
      plainArray(column(({ event }) => event.id)),
      plainArray(column(({ event }) => event.type)),
      jsonSequence(column(({ event }) => eventJson(event))),
      column(({ idempotency }) => idempotency?.key),
      plainArray(column(({ idempotency }) => idempotency && `"\\\\x${idempotency.fingerprint}"`)),
      jsonSequence(column(({ idempotency }) => idempotency?.response)),
      plainArray(column(({ idempotency }) => timestamp(idempotency?.expiresAt))),
    ],
  };
}

const PLACES = placeholders(25);

/** One outcome per addition, in order. */
export function outcomesOf(additions: readonly Addition[], refusals: readonly Refusal[]): readonly AddOutcome[] {
  const outcomes = additions.map((): AddOutcome => ({ outcome: 'added' }));
  for (const refusal of refusals) outcomes[refusal.addition - 1] = outcomeOf(refusal);
  return outcomes;
}

function outcomeOf({ outcome, payment_id: paymentId, response }: Refusal): AddOutcome {
  switch (outcome) {
    case 'replayed':
      return { outcome, paymentId, response: response ?? '' };
    case 'key-reused':
      return { outcome };
    case 'duplicate-reference':
      return { outcome, paymentId };
  }
}
