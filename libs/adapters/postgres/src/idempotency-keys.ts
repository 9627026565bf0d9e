import type { Addition, AddOutcome } from '@ferry/payments';
import { found } from './found.js';
import type { Session } from './session.js';

export type Keyed = Addition & { readonly idempotency: NonNullable<Addition['idempotency']> };

/** Answers the keys that are ours now; the others stand for an earlier request. Insert them sorted. */
export async function insertKeys(
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

export interface StoredKey {
  readonly fingerprint: string;
  readonly paymentId: string;
  readonly response: string;
}

export async function storedKeys(
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

/** A refused payment keeps nothing, not even its key. */
export function forgetKeys(session: Session, tenantId: string, refused: readonly { addition: Keyed }[]): void {
  if (refused.length === 0) return;
  session.send({
    name: 'forget-keys',
    text: `delete from payments.idempotency_keys where tenant_id = $1 and idempotency_key = any($2)`,
    values: [tenantId, refused.map(({ addition }) => addition.idempotency.key)],
  });
}
