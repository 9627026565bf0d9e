import { auditedTenant, type Occasion } from '../domain/audit.js';
import { withStatus, type Tenant, type TenantId, type TenantStatus } from '../domain/tenant.js';
import type { TenantRepository } from '../ports/tenant-repository.js';
import { tell, type Telling } from './telling.js';

/** Suspends or resumes a tenant and its twin: doing it twice is no error. */
export class ChangeTenantStatus {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly telling: Telling,
  ) {}

  /** Undefined when there is no such tenant. */
  async execute(id: TenantId, status: TenantStatus, occasion: Occasion): Promise<Tenant | undefined> {
    const tenant = await this.one(id, status, occasion);
    // A live tenant takes its sandbox with it; a sandbox alone may be suspended by its own id.
    if (tenant?.mode === 'live' && tenant.twinId) await this.one(tenant.twinId, status, occasion);
    return tenant;
  }

  private one(id: TenantId, status: TenantStatus, occasion: Occasion): Promise<Tenant | undefined> {
    const { clock, newId } = this.telling;
    return this.tenants.change(id, (before) => {
      const now = clock.now();
      const tenant = withStatus(before, status, now);
      if (!tenant) return undefined;
      const told = {
        tenantId: id,
        action: status === 'SUSPENDED' ? ('tenant.suspended' as const) : ('tenant.resumed' as const),
        subject: id,
        before: auditedTenant(before),
        after: auditedTenant(tenant),
      };
      return { tenant, audit: [tell(newId, now, occasion, told)] };
    });
  }
}
