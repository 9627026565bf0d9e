import type { Change, ChangeOutcome, Payment, PaymentId } from '@ferry/payments';
import { paymentColumns, paymentOf, shortened, sweepAt, timestamp, type PaymentRow } from './payment-row.js';
import type { Session, Statement } from './session.js';
import { sendEvents } from './store-changes.js';

/** Locks in id order, decides, stores. The order is the same in every process, so two batches wait instead of deadlocking. */
export async function changePayments(
  session: Session,
  tenantId: string,
  ids: readonly PaymentId[],
  decide: (payment: Payment) => Change | undefined,
  graceMs: number,
): Promise<readonly ChangeOutcome[]> {
  const rows = await session.rows<PaymentRow>({
    name: 'lock-payments',
    text: `select ${paymentColumns} from payments.payments where tenant_id = $1 and id = any($2) order by id for update`,
    values: [tenantId, [...new Set(ids)]],
  });
  const outcomes = new Map<PaymentId, ChangeOutcome>();
  const changes: Change[] = [];
  for (const row of rows) {
    const payment = paymentOf(row);
    const change = decide(payment);
    if (change) changes.push(change);
    outcomes.set(payment.id, change ? { outcome: 'changed', change } : { outcome: 'unchanged', payment });
  }
  if (changes.length > 0) {
    const updated = session.query(update(tenantId, changes, graceMs));
    sendEvents(session, tenantId, changes);
    const { rowCount } = await updated;
    if (rowCount !== changes.length) throw new Error(`${changes.length} payments locked, ${rowCount} changed`);
  }
  return ids.map((id) => outcomes.get(id) ?? { outcome: 'missing' });
}

function update(tenantId: string, changes: readonly Change[], graceMs: number): Statement {
  const states = changes.map(({ payment }) => payment.state);
  return {
    name: 'change-payments',
    text: `update payments.payments p
      set status = u.status, reason = u.reason, attention = u.attention, provider_reference = u.provider_reference,
          attempts = u.attempts, next_attempt_at = u.next_attempt_at, lease_until = u.lease_until, sweep_at = u.sweep_at,
          version = u.version, updated_at = u.updated_at
      from unnest($2::uuid[], $3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::int[], $8::timestamptz[],
          $9::timestamptz[], $10::timestamptz[], $11::int[], $12::timestamptz[])
        as u (id, status, reason, attention, provider_reference, attempts, next_attempt_at, lease_until, sweep_at, version, updated_at)
      where p.tenant_id = $1 and p.id = u.id and p.id = any($2)`,
    values: [
      tenantId,
      states.map(({ id }) => id),
      states.map(({ status }) => status),
      states.map(({ reason }) => reason ?? null),
      states.map(({ attention }) => shortened(attention)),
      states.map(({ providerReference }) => providerReference ?? null),
      states.map(({ attempts }) => attempts),
      states.map(({ nextAttemptAt }) => timestamp(nextAttemptAt)),
      states.map(({ leaseUntil }) => timestamp(leaseUntil)),
      states.map((state) => timestamp(sweepAt(state, graceMs))),
      states.map(({ version }) => version),
      states.map(({ updatedAt }) => updatedAt.toISOString()),
    ],
  };
}
