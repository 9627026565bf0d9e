import type { ApiKey, ApiKeyId } from '../../src/domain/api-key.js';
import type { AuditEntry } from '../../src/domain/audit.js';
import type { BusinessUnitId, TenantId } from '../../src/domain/tenant.js';
import { dayOf } from '../../src/domain/usage.js';
import type { ApiKeyRepository, KeyChange } from '../../src/ports/api-key-repository.js';
import type { KeyDirectory, KnownKey } from '../../src/ports/key-directory.js';
import type { KeyUse, KeyUseLog } from '../../src/ports/key-use-log.js';
import { copyOf, byId, type InMemoryState } from './state.js';

export class InMemoryKeys implements ApiKeyRepository, KeyDirectory, KeyUseLog {
  constructor(private readonly state: InMemoryState) {}

  async add(
    tenantId: TenantId,
    keys: readonly ApiKey[],
    audit: readonly AuditEntry[],
  ): Promise<'added' | 'prefix-taken'> {
    const rows = await this.state.existing(tenantId);
    if (!this.state.addKeys(rows, keys)) return 'prefix-taken';
    rows.tell(audit);
    return 'added';
  }

  async list(tenantId: TenantId, limit: number, before = '~', unit?: BusinessUnitId): Promise<readonly ApiKey[]> {
    const keys = [...((await this.state.of(tenantId))?.keys.values() ?? [])];
    const page = keys
      .filter((key) => key.id < before && (unit === undefined || key.businessUnitId === unit))
      .sort(byId);
    return copyOf(page.reverse().slice(0, limit));
  }

  async find(tenantId: TenantId, ids: readonly ApiKeyId[]): Promise<readonly (ApiKey | undefined)[]> {
    const rows = await this.state.of(tenantId);
    return ids.map((id) => copyOf(rows?.keys.get(id)));
  }

  async findByPrefix(tenantId: TenantId, prefixes: readonly string[]): Promise<readonly (ApiKey | undefined)[]> {
    const keys = [...((await this.state.of(tenantId))?.keys.values() ?? [])];
    return prefixes.map((prefix) => copyOf(keys.find((key) => key.prefix === prefix)));
  }

  async change(
    tenantId: TenantId,
    id: ApiKeyId,
    decide: (key: ApiKey) => KeyChange | undefined,
  ): ReturnType<ApiKeyRepository['change']> {
    const rows = await this.state.of(tenantId);
    const before = rows?.keys.get(id);
    if (!rows || !before) return { outcome: 'missing' };
    const change = decide(copyOf(before));
    if (!change) return { outcome: 'unchanged', key: copyOf(before) };
    if (change.added && !this.state.addKeys(rows, [change.added])) throw new Error('a prefix is taken');
    rows.tell(change.audit);
    rows.keys.set(id, copyOf(change.key));
    return { outcome: 'changed', key: change.key };
  }

  async lookUp(prefixes: readonly string[]): Promise<readonly (KnownKey | undefined)[]> {
    await Promise.resolve();
    return prefixes.map((prefix) => {
      const named = this.state.prefixes.get(prefix);
      const rows = named && this.state.tenants.get(named.tenantId);
      const key = rows?.keys.get(named?.keyId ?? '');
      return rows && key && copyOf({ key, tenant: rows.tenant });
    });
  }

  async record(uses: readonly KeyUse[]): Promise<void> {
    for (const { tenantId, keyId, lastUsedAt, requests } of uses) {
      const rows = await this.state.of(tenantId);
      const key = rows?.keys.get(keyId);
      if (!rows || !key) continue;
      if (!key.lastUsedAt || key.lastUsedAt < lastUsedAt) rows.keys.set(keyId, { ...key, lastUsedAt });
      const day = dayOf(lastUsedAt);
      rows.requests.set(day, (rows.requests.get(day) ?? 0) + requests);
    }
  }
}
