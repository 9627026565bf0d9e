import type { IdempotencyRecord, PaymentId, Remembered, TenantId } from '@ferry/payments';
import type { Session } from './session.js';

interface KeyRow {
  readonly idempotency_key: string;
  readonly fingerprint: Buffer;
  readonly payment_id: PaymentId;
  readonly response: string;
}

type Asked = Pick<IdempotencyRecord, 'key' | 'fingerprint'>;

/** What `payments.add_payments` would say of requests with these keys, without adding anything. */
export async function findRemembered(
  session: Session,
  tenantId: TenantId,
  keys: readonly Asked[],
  now: Date,
): Promise<readonly (Remembered | undefined)[]> {
  const rows = await session.rows<KeyRow>({
    name: 'remembered-keys',
    text: `select idempotency_key, fingerprint, payment_id, response from payments.idempotency_keys
      where tenant_id = $1 and idempotency_key = any($2) and expires_at > $3`,
    values: [tenantId, [...new Set(keys.map(({ key }) => key))], now.toISOString()],
  });
  const byKey = new Map(rows.map((row) => [row.idempotency_key, row]));
  return keys.map(({ key, fingerprint }) => {
    const row = byKey.get(key);
    if (!row) return undefined;
    return row.fingerprint.toString('hex') === fingerprint
      ? { outcome: 'replayed', paymentId: row.payment_id, response: row.response }
      : { outcome: 'key-reused' };
  });
}
