import type { TenantId, UnchainedTenants } from '@ferry/tenancy';
import type { Database } from '../database.js';

/** As the sweeper's role, which alone sees of all tenants that they have something waiting. */
export class PostgresUnchainedTenants implements UnchainedTenants {
  constructor(private readonly sweeper: Database) {}

  async tenantsUnchained(limit: number): Promise<readonly TenantId[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: string }>({
        text: 'select distinct tenant_id from tenancy.tenant_audit_pending limit $1',
        values: [limit],
      }),
    );
    return rows.map(({ tenant_id }) => tenant_id);
  }
}
