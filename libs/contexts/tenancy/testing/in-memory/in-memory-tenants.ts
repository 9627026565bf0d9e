import type { AuditEntry } from '../../src/domain/audit.js';
import type { BusinessUnit, Tenant, TenantId } from '../../src/domain/tenant.js';
import type { ListedTenant, TenantDirectory } from '../../src/ports/tenant-directory.js';
import type { TenantAddition, TenantChange, TenantRepository } from '../../src/ports/tenant-repository.js';
import { copyOf, byId, TenantRows, type InMemoryState } from './state.js';

export class InMemoryTenants implements TenantRepository, TenantDirectory {
  constructor(private readonly state: InMemoryState) {}

  async add(additions: readonly TenantAddition[]): Promise<readonly ('added' | 'exists')[]> {
    await Promise.resolve();
    return additions.map(({ tenant, units, keys, audit }) => {
      if (this.state.tenants.has(tenant.id)) return 'exists';
      const rows = new TenantRows(copyOf(tenant));
      for (const unit of units) rows.units.set(unit.id, unit);
      if (!this.state.addKeys(rows, keys)) throw new Error('a prefix is taken');
      rows.tell(audit);
      this.state.tenants.set(tenant.id, rows);
      return 'added';
    });
  }

  async find(ids: readonly TenantId[]): Promise<readonly (Tenant | undefined)[]> {
    await Promise.resolve();
    return ids.map((id) => copyOf(this.state.tenants.get(id)?.tenant));
  }

  async change(id: TenantId, decide: (tenant: Tenant) => TenantChange | undefined): Promise<Tenant | undefined> {
    const rows = await this.state.of(id);
    if (!rows) return undefined;
    const change = decide(copyOf(rows.tenant));
    if (change) {
      rows.tell(change.audit);
      rows.tenant = copyOf(change.tenant);
    }
    return copyOf(rows.tenant);
  }

  async addUnit(unit: BusinessUnit, audit: readonly AuditEntry[]): Promise<'added' | 'exists'> {
    const rows = await this.state.existing(unit.tenantId);
    if (rows.units.has(unit.id)) return 'exists';
    rows.units.set(unit.id, unit);
    rows.tell(audit);
    return 'added';
  }

  async units(id: TenantId): Promise<readonly BusinessUnit[]> {
    return [...((await this.state.of(id))?.units.values() ?? [])].sort(byId);
  }

  async list(limit: number, after = ''): Promise<readonly ListedTenant[]> {
    await Promise.resolve();
    return [...this.state.tenants.values()]
      .map(({ tenant: { id, name, status, mode, twinId, createdAt } }) => ({
        id,
        name,
        status,
        mode,
        twinId,
        createdAt,
      }))
      .filter(({ id }) => id > after)
      .sort(byId)
      .slice(0, limit);
  }
}
