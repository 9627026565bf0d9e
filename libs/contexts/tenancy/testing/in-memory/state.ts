import type { ApiKey } from '../../src/domain/api-key.js';
import type { AuditEntry, AuditLink } from '../../src/domain/audit.js';
import type { TenantSecret } from '../../src/domain/tenant-secret.js';
import type { BusinessUnit, Tenant, TenantId } from '../../src/domain/tenant.js';
import type { TenantUser } from '../../src/domain/tenant-user.js';
import type { StoredConfig } from '../../src/ports/tenant-configs.js';

/** What a database would hold of one tenant. */
export class TenantRows {
  readonly units = new Map<string, BusinessUnit>();
  readonly keys = new Map<string, ApiKey>();
  readonly users = new Map<string, TenantUser>();
  readonly configs: StoredConfig[] = [];
  secrets: TenantSecret[] = [];
  readonly audit: AuditEntry[] = [];
  readonly unchained = new Set<string>();
  readonly links: AuditLink[] = [];
  /** By day and key. */
  readonly requests = new Map<string, number>();

  constructor(public tenant: Tenant) {}

  tell(entries: readonly AuditEntry[]): void {
    for (const entry of entries) {
      if (entry.tenantId !== this.tenant.id) throw new Error(`an entry of ${entry.tenantId} for ${this.tenant.id}`);
      this.audit.push(copyOf(entry));
      this.unchained.add(entry.id);
    }
  }
}

/** The rows of all tenants, and the one name that is unique over them. */
export class InMemoryState {
  readonly tenants = new Map<TenantId, TenantRows>();
  readonly prefixes = new Map<string, { readonly tenantId: TenantId; readonly keyId: string }>();

  /** Every call crosses a wire: it never does anything in the caller's own turn. */
  async of(id: TenantId): Promise<TenantRows | undefined> {
    await Promise.resolve();
    return this.tenants.get(id);
  }

  async existing(id: TenantId): Promise<TenantRows> {
    const rows = await this.of(id);
    if (!rows) throw new Error(`unknown tenant ${id}`);
    return rows;
  }

  /** False when one of the prefixes is taken; then nothing was written. */
  addKeys(rows: TenantRows, keys: readonly ApiKey[]): boolean {
    if (keys.some(({ prefix }) => this.prefixes.has(prefix))) return false;
    for (const key of keys) {
      if (key.tenantId !== rows.tenant.id) throw new Error(`a key of ${key.tenantId} for ${rows.tenant.id}`);
      rows.keys.set(key.id, copyOf(key));
      this.prefixes.set(key.prefix, { tenantId: key.tenantId, keyId: key.id });
    }
    return true;
  }
}

export const byId = <T extends { readonly id: string }>(a: T, b: T): number => (a.id < b.id ? -1 : 1);

/** As a row that was stored and read again: nothing shared with the caller. (`structuredClone` makes dates of another realm under Jest.) */
export function copyOf<T>(value: T): T {
  if (value instanceof Date) return new Date(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copyOf(one as unknown)])) as T;
}
