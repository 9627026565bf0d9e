import type { AuditEntry } from '../domain/audit.js';
import type { ApiKey, ApiKeyId } from '../domain/api-key.js';
import type { BusinessUnitId, TenantId } from '../domain/tenant.js';

/** What one decision about a key stores. */
export interface KeyChange {
  readonly key: ApiKey;
  /** The key that takes its place. */
  readonly added?: ApiKey | undefined;
  readonly audit: readonly AuditEntry[];
}

/** The keys of one tenant. */
export interface ApiKeyRepository {
  /** `prefix-taken`: nothing was written; make another key. Prefixes are unique over all tenants. */
  add(tenantId: TenantId, keys: readonly ApiKey[], audit: readonly AuditEntry[]): Promise<'added' | 'prefix-taken'>;
  /** Newest first, those before `before`; of one business unit if `unit` is given. */
  list(tenantId: TenantId, limit: number, before?: ApiKeyId, unit?: BusinessUnitId): Promise<readonly ApiKey[]>;
  find(tenantId: TenantId, ids: readonly ApiKeyId[]): Promise<readonly (ApiKey | undefined)[]>;
  /** By what people read of it. */
  findByPrefix(tenantId: TenantId, prefixes: readonly string[]): Promise<readonly (ApiKey | undefined)[]>;
  /** Locks the key, decides, stores. Answers the decision; `unchanged` when there was none to store. */
  change(
    tenantId: TenantId,
    id: ApiKeyId,
    decide: (key: ApiKey) => KeyChange | undefined,
  ): Promise<{ readonly outcome: 'changed' | 'unchanged'; readonly key: ApiKey } | { readonly outcome: 'missing' }>;
}
