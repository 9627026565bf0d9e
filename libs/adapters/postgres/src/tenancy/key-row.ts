import { isoTime } from '@ferry/kernel';
import { isScope, type ApiKey } from '@ferry/tenancy';
import type { Session, Statement } from '../session.js';

export interface KeyRow {
  tenant_id: string;
  key_id: string;
  key_prefix: string;
  key_hash: string;
  key_name: string;
  scopes: string[];
  business_unit_id: string | null;
  expires_at: Date | null;
  allowed_ranges: string[];
  rate_limit_per_minute: number | null;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
  replaced_by: string | null;
}

export const keyColumns =
  'tenant_id, key_id, key_prefix, key_hash, key_name, scopes, business_unit_id, expires_at, allowed_ranges, ' +
  'rate_limit_per_minute, created_at, last_used_at, revoked_at, replaced_by';

/** A scope that this program does not know gives nothing: a newer one may have granted it. */
export const keyOf = (row: KeyRow): ApiKey => ({
  tenantId: row.tenant_id,
  id: row.key_id,
  prefix: row.key_prefix,
  secretHash: row.key_hash,
  name: row.key_name,
  scopes: row.scopes.filter(isScope),
  businessUnitId: row.business_unit_id ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  allowedRanges: row.allowed_ranges,
  requestsPerMinute: row.rate_limit_per_minute ?? undefined,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
  replacedBy: row.replaced_by ?? undefined,
});

const time = (at: Date | undefined): string | null => (at ? isoTime(at) : null);

/** Stores new keys and lists their prefixes. False, and nothing may be committed, when somebody has one of the prefixes. */
export async function insertKeys(session: Session, tenantId: string, keys: readonly ApiKey[]): Promise<boolean> {
  const listed = keys.map(({ prefix }) =>
    session.query({
      name: 'key-list',
      // Without naming the columns: that would need the right to see whose the prefix is.
      text: 'insert into tenancy.key_directory (key_prefix, tenant_id) values ($1, $2) on conflict do nothing',
      values: [prefix, tenantId],
    }),
  );
  for (const result of listed) if ((await result).rowCount !== 1) return false;
  for (const key of keys) session.send(insertKey(tenantId, key));
  return true;
}

const insertKey = (tenantId: string, key: ApiKey): Statement => ({
  name: 'key-insert',
  text: `insert into tenancy.tenant_api_keys (${keyColumns})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
  values: [
    tenantId,
    key.id,
    key.prefix,
    key.secretHash,
    key.name,
    key.scopes,
    key.businessUnitId,
    time(key.expiresAt),
    key.allowedRanges,
    key.requestsPerMinute,
    isoTime(key.createdAt),
    time(key.lastUsedAt),
    time(key.revokedAt),
    key.replacedBy,
  ],
});
