import type { AuditEntry } from '../../src/domain/audit.js';
import type { BusinessUnitId, Tenant, TenantId } from '../../src/domain/tenant.js';
import type { TenantUser } from '../../src/domain/tenant-user.js';
import type { TenantUsers } from '../../src/ports/tenant-users.js';
import { copyOf, type InMemoryState } from './state.js';

export class InMemoryUsers implements TenantUsers {
  constructor(private readonly state: InMemoryState) {}

  async put(user: TenantUser, audit: readonly AuditEntry[]): Promise<void> {
    const rows = await this.state.existing(user.tenantId);
    rows.users.set(user.subject, copyOf(user));
    rows.tell(audit);
  }

  async find(tenantId: TenantId, subject: string): Promise<{ user: TenantUser; tenant: Tenant } | undefined> {
    const rows = await this.state.of(tenantId);
    const user = rows?.users.get(subject);
    return rows && user && copyOf({ user, tenant: rows.tenant });
  }

  async list(tenantId: TenantId, limit: number, after = '', unit?: BusinessUnitId): Promise<readonly TenantUser[]> {
    const users = [...((await this.state.of(tenantId))?.users.values() ?? [])];
    return copyOf(
      users
        .filter((user) => user.subject > after && (unit === undefined || user.businessUnitId === unit))
        .sort((a, b) => (a.subject < b.subject ? -1 : 1))
        .slice(0, limit),
    );
  }
}
