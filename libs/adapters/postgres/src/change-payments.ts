import { eventJson, type Change, type ChangeOutcome, type Owner, type Payment, type PaymentId } from '@ferry/payments';
import { jsonSequence, plainArray } from './array-literal.js';
import { paymentColumns, paymentOf, shortened, sweepAt, timestamp, type PaymentRow } from './payment-row.js';
import { these, thesePayments } from './read-payments.js';
import { placeholders, type Session, type Statement } from './session.js';
import { PAYMENT_TOPIC } from './payment-topic.js';

/** Locks in id order, decides, stores. The order is the same in every process, so two batches wait instead of deadlocking. */
export async function changePayments(
  session: Session,
  owner: Owner,
  ids: readonly PaymentId[],
  decide: (payment: Payment) => Change | undefined,
  graceMs: number,
): Promise<readonly ChangeOutcome[]> {
  const rows = await session.rows<PaymentRow>({
    name: 'lock-payments',
    text: `select ${paymentColumns} from payments.payments where ${thesePayments} order by id for update`,
    values: these(owner, ids),
  });
  const outcomes = new Map<PaymentId, ChangeOutcome>();
  const changes: Change[] = [];
  for (const row of rows) {
    const payment = paymentOf(row);
    const change = decide(payment);
    if (change) changes.push(change);
    outcomes.set(payment.id, change ? { outcome: 'changed', change } : { outcome: 'unchanged', payment });
  }
  if (changes.length > 0) session.send(store(owner.tenantId, changes, graceMs));
  return ids.map((id) => outcomes.get(id) ?? { outcome: 'missing' });
}

/** See the function in the migrations. */
function store(tenantId: string, changes: readonly Change[], graceMs: number): Statement {
  const states = changes.map(({ payment }) => payment.state);
  const steps = changes.flatMap(({ from, events }) => events.map((event) => ({ from, event, payment: event.payment })));
  return {
    name: 'change-payments',
    text: `select payments.change_payments(${PLACES}) `,
    values: [
      tenantId,
      PAYMENT_TOPIC,
      plainArray(states.map(({ id }) => id)),
      plainArray(states.map(({ status }) => status)),
      states.map(({ reason }) => reason),
      states.map(({ attention }) => shortened(attention)),
      states.map(({ providerReference }) => providerReference),
      plainArray(states.map(({ attempts }) => attempts)),
      plainArray(states.map(({ nextAttemptAt }) => timestamp(nextAttemptAt))),
      plainArray(states.map(({ leaseUntil }) => timestamp(leaseUntil))),
      plainArray(
        changes.map(({ payment, unannounced }) => timestamp(sweepAt(payment.state, unannounced ? 0 : graceMs))),
      ),
      plainArray(states.map(({ version }) => version)),
      plainArray(states.map(({ updatedAt }) => timestamp(updatedAt))),
      plainArray(steps.map(({ payment }) => payment.id)),
      plainArray(steps.map(({ event }) => event.version)),
      plainArray(steps.map(({ from }) => from)),
      plainArray(steps.map(({ payment }) => payment.status)),
      steps.map(({ payment }) => payment.reason),
      plainArray(steps.map(({ event }) => event.id)),
      plainArray(steps.map(({ event }) => event.type)),
      plainArray(steps.map(({ event }) => timestamp(event.at))),
      jsonSequence(steps.map(({ event }) => eventJson(event))),
      steps.map(({ payment }) => payment.origin.correlationId),
      steps.map(({ payment }) => payment.origin.traceparent),
    ],
  };
}

const PLACES = placeholders(24);
