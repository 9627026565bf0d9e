import { eventJson, type Change, type PaymentEvent } from '@ferry/payments';
import type { Session, Statement } from './session.js';

/** The topic of all payment events; the seeds' name. */
export const PAYMENT_TOPIC = 'payment.events';

/** History and outbox rows of the changes: sent in the transaction that stores the changes themselves, not awaited here. */
export function sendEvents(session: Session, tenantId: string, changes: readonly Change[]): void {
  const steps = changes.flatMap(({ from, events }) => events.map((event) => ({ from, event })));
  if (steps.length === 0) return;
  session.send(history(tenantId, steps));
  session.send(
    outbox(
      tenantId,
      steps.map(({ event }) => event),
    ),
  );
}

/** `tenant_home` in the FROM makes this one task on one node under Citus (citus-notes section 4); elsewhere it costs nothing. */
const history = (tenantId: string, steps: readonly { from: Change['from']; event: PaymentEvent }[]): Statement => ({
  name: 'add-history',
  text: `insert into payments.payment_history (tenant_id, payment_id, version, from_status, to_status, reason, event_id, at)
    select h.tenant_id, u.* from tenancy.tenant_home h,
      unnest($2::uuid[], $3::int[], $4::varchar[], $5::varchar[], $6::varchar[], $7::uuid[], $8::timestamptz[]) u
    where h.tenant_id = $1`,
  values: [
    tenantId,
    steps.map(({ event }) => event.payment.id),
    steps.map(({ event }) => event.version),
    steps.map(({ from }) => from ?? null),
    steps.map(({ event }) => event.payment.status),
    steps.map(({ event }) => event.payment.reason ?? null),
    steps.map(({ event }) => event.id),
    steps.map(({ event }) => event.at.toISOString()),
  ],
});

const outbox = (tenantId: string, events: readonly PaymentEvent[]): Statement => ({
  name: 'add-outbox',
  text: `insert into messaging.outbox
      (tenant_id, topic, aggregate_id, version, event_id, event_type, at, payload, correlation_id, traceparent)
    select h.tenant_id, $2, u.* from tenancy.tenant_home h,
      unnest($3::uuid[], $4::int[], $5::uuid[], $6::varchar[], $7::timestamptz[], $8::text[], $9::varchar[], $10::varchar[]) u
    where h.tenant_id = $1`,
  values: [
    tenantId,
    PAYMENT_TOPIC,
    events.map(({ payment }) => payment.id),
    events.map(({ version }) => version),
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ at }) => at.toISOString()),
    events.map(eventJson),
    events.map(({ payment }) => payment.origin.correlationId),
    events.map(({ payment }) => payment.origin.traceparent),
  ],
});
