import { isoTime } from '@ferry/kernel';
import type {
  ApiKey,
  ApiKeyId,
  ApiKeyRepository,
  AuditEntry,
  BusinessUnitId,
  KeyChange,
  KeyDirectory,
  KnownKey,
  TenantId,
} from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { Session } from '../session.js';
import { insertKeys, keyColumns, keyOf, type KeyRow } from './key-row.js';
import { tell } from './tell.js';
import { tenantOf, type TenantRow } from './tenant-row.js';

/** Rolls the transaction back: some of the keys were written. */
class PrefixTaken extends Error {}

export class PostgresApiKeyRepository implements ApiKeyRepository {
  constructor(private readonly database: Database) {}

  async add(
    tenantId: TenantId,
    keys: readonly ApiKey[],
    audit: readonly AuditEntry[],
  ): Promise<'added' | 'prefix-taken'> {
    try {
      await this.database.tenant(tenantId, async (session) => {
        if (!(await insertKeys(session, tenantId, keys))) throw new PrefixTaken();
        await tell(session, tenantId, audit);
      });
      return 'added';
    } catch (error) {
      if (error instanceof PrefixTaken) return 'prefix-taken';
      throw error;
    }
  }

  async list(tenantId: TenantId, limit: number, before?: ApiKeyId, unit?: BusinessUnitId): Promise<readonly ApiKey[]> {
    const rows = await this.rows(
      tenantId,
      '($2::uuid is null or key_id < $2) and ($4::varchar is null or business_unit_id = $4) order by key_id desc limit $3',
      before,
      limit,
      unit,
    );
    return rows.map(keyOf);
  }

  async find(tenantId: TenantId, ids: readonly ApiKeyId[]): Promise<readonly (ApiKey | undefined)[]> {
    const rows = await this.rows(tenantId, 'key_id = any($2)', ids);
    const byId = new Map(rows.map((row) => [row.key_id, keyOf(row)]));
    return ids.map((id) => byId.get(id));
  }

  async findByPrefix(tenantId: TenantId, prefixes: readonly string[]): Promise<readonly (ApiKey | undefined)[]> {
    const rows = await this.rows(tenantId, 'key_prefix = any($2)', prefixes);
    const byPrefix = new Map(rows.map((row) => [row.key_prefix, keyOf(row)]));
    return prefixes.map((prefix) => byPrefix.get(prefix));
  }

  change(
    tenantId: TenantId,
    id: ApiKeyId,
    decide: (key: ApiKey) => KeyChange | undefined,
  ): ReturnType<ApiKeyRepository['change']> {
    return this.database.tenant(tenantId, async (session) => {
      const [row] = await session.rows<KeyRow>({
        text: `select ${keyColumns} from tenancy.tenant_api_keys where tenant_id = $1 and key_id = $2 for update`,
        values: [tenantId, id],
      });
      if (!row) return { outcome: 'missing' } as const;
      const key = keyOf(row);
      const change = decide(key);
      if (!change) return { outcome: 'unchanged', key } as const;
      await store(session, tenantId, change);
      return { outcome: 'changed', key: change.key } as const;
    });
  }

  private rows(tenantId: TenantId, condition: string, ...values: unknown[]): Promise<KeyRow[]> {
    return this.database.tenant(tenantId, (session) =>
      session.rows<KeyRow>({
        text: `select ${keyColumns} from tenancy.tenant_api_keys where tenant_id = $1 and ${condition}`,
        values: [tenantId, ...values],
      }),
    );
  }
}

async function store(session: Session, tenantId: TenantId, { key, added, audit }: KeyChange): Promise<void> {
  if (added && !(await insertKeys(session, tenantId, [added]))) throw new PrefixTaken('a key prefix is taken');
  const time = (at: Date | undefined): string | null => (at ? isoTime(at) : null);
  session.send({
    text: `update tenancy.tenant_api_keys set expires_at = $3, revoked_at = $4, replaced_by = $5
      where tenant_id = $1 and key_id = $2`,
    values: [tenantId, key.id, time(key.expiresAt), time(key.revokedAt), key.replacedBy],
  });
  await tell(session, tenantId, audit);
}

type FoundRow = KeyRow & Omit<TenantRow, 'created_at'> & { tenant_created_at: Date };

/** One statement, whatever is asked: see tenancy.find_keys in the migrations. */
export class PostgresKeyDirectory implements KeyDirectory {
  constructor(private readonly database: Database) {}

  async lookUp(prefixes: readonly string[]): Promise<readonly (KnownKey | undefined)[]> {
    if (prefixes.length === 0) return [];
    const rows = await this.database.statement<FoundRow>({
      name: 'find-keys',
      text: 'select * from tenancy.find_keys($1)',
      values: [[...new Set(prefixes)]],
    });
    const known = new Map(
      rows.map((row) => [
        row.key_prefix,
        { key: keyOf(row), tenant: tenantOf({ ...row, created_at: row.tenant_created_at }) },
      ]),
    );
    return prefixes.map((prefix) => known.get(prefix));
  }
}
