import { newId } from '@ferry/kernel';
import type { TestDatabase } from '../harness/postgres.js';

/** The schema as version 0.1.0 left it, before tenants had names and keys: six migrations, which are never edited. */
export const RELEASED = 6;
export const oldTenants = ['default', 'shop', 'bank'] as const;

export interface OldPayment {
  readonly tenantId: string;
  readonly id: string;
  readonly reference: string;
  readonly state: State;
}

/** What an old version may leave behind, each as the columns in which it differs. */
const states = {
  /** Accepted, due, announced by nobody, its event not told. */
  waiting: { status: 'PENDING', version: 1, due: true, told: false, steps: [[null, 'PENDING']] },
  /** Taken up by a worker that is gone. */
  leased: {
    status: 'PROCESSING',
    version: 2,
    due: true,
    told: true,
    steps: [
      [null, 'PENDING'],
      ['PENDING', 'PROCESSING'],
    ],
  },
  /** Ended, told, forgotten by nobody. */
  ended: {
    status: 'SUCCESS',
    version: 2,
    due: false,
    told: true,
    steps: [
      [null, 'PENDING'],
      ['PENDING', 'SUCCESS'],
    ],
  },
  /** Waits for an operator. */
  parked: { status: 'PENDING', version: 1, due: false, told: false, attention: 'odd', steps: [[null, 'PENDING']] },
} as const;
type State = keyof typeof states;

/** Payments of each tenant in each state, with keys, events, a lease of a relay and an aggregate whose events are kept back. */
export async function fill(database: TestDatabase): Promise<readonly OldPayment[]> {
  const payments = oldTenants.flatMap((tenantId) =>
    (Object.keys(states) as State[]).map((state) => ({ tenantId, id: newId(), reference: `order-${state}`, state })),
  );
  for (const tenantId of oldTenants) {
    await database.query(`insert into tenancy.tenant_home values ($1, '2025-05-05Z') on conflict do nothing`, [
      tenantId,
    ]);
    await database.query(`insert into messaging.relay_leases values ($1, 'an old worker', now())`, [tenantId]);
  }
  for (const payment of payments) await add(database, payment);
  const { tenantId, id } = payments.find(({ state }) => state === 'waiting') as OldPayment;
  await database.query(`insert into messaging.parked_aggregates values ($1, $2, 'too large', now())`, [tenantId, id]);
  return payments;
}

async function add(database: TestDatabase, { tenantId, id, reference, state }: OldPayment): Promise<void> {
  const { status, version, due, told, steps, ...rest } = states[state];
  await database.query(
    `insert into payments.payments (tenant_id, id, kind, rail, amount_minor, currency, reference, metadata, status, attention, attempts,
       next_attempt_at, lease_until, sweep_at, version, correlation_id, traceparent, created_at, updated_at)
     values ($1, $2, 'PAYMENT', 'simulated', 12345, 'EUR', $3, '{"simulate": "success"}', $4, $5, $6, $7, $8, $7, $9, 'c', 't',
       now() - interval '1 hour', now() - interval '1 hour')`,
    [
      tenantId,
      id,
      reference,
      status,
      'attention' in rest ? rest.attention : null,
      version - 1,
      due ? new Date(Date.now() - 60_000) : null,
      state === 'leased' ? new Date(Date.now() - 60_000) : null,
      version,
    ],
  );
  await database.query(`insert into payments.payment_references values ($1, $2, $3)`, [tenantId, reference, id]);
  await database.query(
    `insert into payments.idempotency_keys values ($1, $2, $3, $4, $5, now() + interval '20 days')`,
    [tenantId, `key-${reference}`, Buffer.alloc(32, 7), id, JSON.stringify({ id })],
  );
  for (const [i, [from, to]] of steps.entries())
    await database.query(
      `insert into payments.payment_history (tenant_id, payment_id, version, from_status, to_status, event_id, at)
       values ($1, $2, $3, $4, $5, $6, now() - interval '1 hour')`,
      [tenantId, id, i + 1, from, to, newId()],
    );
  if (!told)
    await database.query(
      `insert into messaging.outbox values ($1, $2, $3, 'payment.events', $4, 'payment.created', now(), '{}', 'c', 't')`,
      [tenantId, id, version, newId()],
    );
}
