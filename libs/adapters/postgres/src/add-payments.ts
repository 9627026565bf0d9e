import type { Addition, AddOutcome, Change, PaymentState } from '@ferry/payments';
import { sweepAt, timestamp } from './payment-row.js';
import type { Session, Statement } from './session.js';
import { sendEvents } from './store-changes.js';

export type Keyed = Addition & { readonly idempotency: NonNullable<Addition['idempotency']> };
type Indexed = { readonly index: number; readonly addition: Addition };

const isKeyed = (one: Indexed): one is Indexed & { addition: Keyed } => one.addition.idempotency !== undefined;

/**
 * Stores additions whose keys and references are each unique within the batch. The unique indexes decide, in this order: keys, references.
 * Every batch inserts both sorted, so two batches with the same keys or references in another order wait instead of deadlocking.
 */
export async function addPayments(
  session: Session,
  tenantId: string,
  additions: readonly Addition[],
  graceMs: number,
): Promise<readonly AddOutcome[]> {
  const outcomes = additions.map((): AddOutcome => ({ outcome: 'added' }));
  const all = additions.map((addition, index): Indexed => ({ index, addition }));
  const keyed = all.filter(isKeyed).sort((a, b) => order(a.addition.idempotency.key, b.addition.idempotency.key));

  const wonKeys = await insertKeys(session, tenantId, keyed);
  const lostKeys = keyed.filter(({ addition }) => !wonKeys.has(addition.idempotency.key));
  const stored = await storedKeys(session, tenantId, lostKeys);
  for (const { index, addition } of lostKeys) outcomes[index] = compare(addition, stored);

  const open = all.filter(({ index }) => outcomes[index]?.outcome === 'added').sort(byReference);
  const wonReferences = await insertReferences(session, tenantId, open);
  const lostReferences = open.filter(({ addition }) => !wonReferences.has(referenceOf(addition)));
  const holders = await referenceHolders(session, tenantId, lostReferences);
  for (const { index, addition } of lostReferences)
    outcomes[index] = { outcome: 'duplicate-reference', paymentId: found(holders, referenceOf(addition)) };
  forgetKeys(session, tenantId, lostReferences.filter(isKeyed));

  const added = open.filter(({ index }) => outcomes[index]?.outcome === 'added').map(({ addition }) => addition.change);
  if (added.length > 0) {
    session.send(insertPayments(tenantId, added, graceMs));
    sendEvents(session, tenantId, added);
  }
  return outcomes;
}

const referenceOf = ({ change }: Addition): string => change.payment.state.reference;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byReference = (a: Indexed, b: Indexed): number => order(referenceOf(a.addition), referenceOf(b.addition));

async function insertKeys(
  session: Session,
  tenantId: string,
  keyed: readonly { addition: Keyed }[],
): Promise<Set<string>> {
  if (keyed.length === 0) return new Set();
  const rows = await session.rows<{ idempotency_key: string }>({
    name: 'add-keys',
    // An expired key is free again; a live one leaves no row in the result.
    text: `insert into payments.idempotency_keys as k (tenant_id, idempotency_key, fingerprint, payment_id, response, expires_at)
      select h.tenant_id, u.* from tenancy.tenant_home h,
        unnest($2::varchar[], $3::bytea[], $4::uuid[], $5::text[], $6::timestamptz[]) u
      where h.tenant_id = $1
      on conflict (tenant_id, idempotency_key) do update
        set fingerprint = excluded.fingerprint, payment_id = excluded.payment_id, response = excluded.response,
            expires_at = excluded.expires_at
        where k.expires_at <= $7
      returning idempotency_key`,
    values: [
      tenantId,
      keyed.map(({ addition }) => addition.idempotency.key),
      keyed.map(({ addition }) => Buffer.from(addition.idempotency.fingerprint, 'hex')),
      keyed.map(({ addition }) => addition.change.payment.id),
      keyed.map(({ addition }) => addition.idempotency.response),
      keyed.map(({ addition }) => addition.idempotency.expiresAt.toISOString()),
      // "Now" of the caller: the creation of the youngest payment of the batch.
      new Date(
        Math.max(...keyed.map(({ addition }) => addition.change.payment.state.updatedAt.getTime())),
      ).toISOString(),
    ],
  });
  return new Set(rows.map(({ idempotency_key }) => idempotency_key));
}

interface StoredKey {
  readonly fingerprint: string;
  readonly paymentId: string;
  readonly response: string;
}

async function storedKeys(
  session: Session,
  tenantId: string,
  keyed: readonly { addition: Keyed }[],
): Promise<Map<string, StoredKey>> {
  if (keyed.length === 0) return new Map();
  const rows = await session.rows<{
    idempotency_key: string;
    fingerprint: Buffer;
    payment_id: string;
    response: string;
  }>({
    name: 'stored-keys',
    text: `select idempotency_key, fingerprint, payment_id, response from payments.idempotency_keys
      where tenant_id = $1 and idempotency_key = any($2)`,
    values: [tenantId, keyed.map(({ addition }) => addition.idempotency.key)],
  });
  return new Map(
    rows.map((row) => [
      row.idempotency_key,
      { fingerprint: row.fingerprint.toString('hex'), paymentId: row.payment_id, response: row.response },
    ]),
  );
}

/** What a second request with this key gets. */
export function compare(
  { idempotency: { key, fingerprint } }: Keyed,
  stored: ReadonlyMap<string, StoredKey>,
): AddOutcome {
  const { fingerprint: first, paymentId, response } = found(stored, key);
  return first === fingerprint ? { outcome: 'replayed', paymentId, response } : { outcome: 'key-reused' };
}

async function insertReferences(session: Session, tenantId: string, open: readonly Indexed[]): Promise<Set<string>> {
  if (open.length === 0) return new Set();
  const rows = await session.rows<{ reference: string }>({
    name: 'add-references',
    text: `insert into payments.payment_references (tenant_id, reference, payment_id)
      select h.tenant_id, u.* from tenancy.tenant_home h, unnest($2::varchar[], $3::uuid[]) u
      where h.tenant_id = $1
      on conflict (tenant_id, reference) do nothing
      returning reference`,
    values: [
      tenantId,
      open.map(({ addition }) => referenceOf(addition)),
      open.map(({ addition }) => addition.change.payment.id),
    ],
  });
  return new Set(rows.map(({ reference }) => reference));
}

async function referenceHolders(
  session: Session,
  tenantId: string,
  lost: readonly Indexed[],
): Promise<Map<string, string>> {
  if (lost.length === 0) return new Map();
  const rows = await session.rows<{ reference: string; payment_id: string }>({
    name: 'reference-holders',
    text: `select reference, payment_id from payments.payment_references where tenant_id = $1 and reference = any($2)`,
    values: [tenantId, lost.map(({ addition }) => referenceOf(addition))],
  });
  return new Map(rows.map(({ reference, payment_id }) => [reference, payment_id]));
}

/** A refused payment keeps nothing, not even its key. */
function forgetKeys(session: Session, tenantId: string, refused: readonly { addition: Keyed }[]): void {
  if (refused.length === 0) return;
  session.send({
    name: 'forget-keys',
    text: `delete from payments.idempotency_keys where tenant_id = $1 and idempotency_key = any($2)`,
    values: [tenantId, refused.map(({ addition }) => addition.idempotency.key)],
  });
}

function found<V>(map: ReadonlyMap<string, V>, key: string): V {
  const value = map.get(key);
  // No row although the insert met one: the tenant is not at home here, so that nothing could be inserted either.
  if (value === undefined) throw new Error('neither inserted nor found: is the tenant known?');
  return value;
}

function insertPayments(tenantId: string, changes: readonly Change[], graceMs: number): Statement {
  const states = changes.map(({ payment }) => payment.state);
  const column = <T>(value: (state: PaymentState) => T): T[] => states.map(value);
  return {
    name: 'add-payments',
    text: `insert into payments.payments (tenant_id, id, kind, rail, amount_minor, currency, reference, external_id, account_id,
        metadata, status, attempts, next_attempt_at, sweep_at, version, correlation_id, traceparent, created_at, updated_at)
      select h.tenant_id, u.* from tenancy.tenant_home h,
        unnest($2::uuid[], $3::varchar[], $4::varchar[], $5::bigint[], $6::varchar[], $7::varchar[], $8::varchar[], $9::varchar[],
          $10::json[], $11::varchar[], $12::int[], $13::timestamptz[], $14::timestamptz[], $15::int[], $16::varchar[], $17::varchar[],
          $18::timestamptz[], $19::timestamptz[]) u
      where h.tenant_id = $1`,
    values: [
      tenantId,
      column(({ id }) => id),
      column(({ kind }) => kind),
      column(({ rail }) => rail),
      column(({ money }) => money.amountMinor.toString()),
      column(({ money }) => money.currency),
      column(({ reference }) => reference),
      column(({ externalId }) => externalId ?? null),
      column(({ accountId }) => accountId ?? null),
      column(({ metadata }) => JSON.stringify(metadata)),
      column(({ status }) => status),
      column(({ attempts }) => attempts),
      column(({ nextAttemptAt }) => timestamp(nextAttemptAt)),
      column((state) => timestamp(sweepAt(state, graceMs))),
      column(({ version }) => version),
      column(({ origin }) => origin.correlationId),
      column(({ origin }) => origin.traceparent),
      column(({ createdAt }) => createdAt.toISOString()),
      column(({ updatedAt }) => updatedAt.toISOString()),
    ],
  };
}
