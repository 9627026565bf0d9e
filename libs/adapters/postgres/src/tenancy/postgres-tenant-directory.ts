import type { ListedTenant, TenantDirectory, TenantId } from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { TenantRow } from './tenant-row.js';

/** As the sweeper's role, which alone sees a few columns of all tenants. */
export class PostgresTenantDirectory implements TenantDirectory {
  constructor(private readonly sweeper: Database) {}

  async list(limit: number, after: TenantId = ''): Promise<readonly ListedTenant[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<Omit<TenantRow, 'updated_at'>>({
        // In the order of bytes: what comes after an id must not depend on the language of the database.
        text: `select tenant_id, tenant_name, status, mode, twin_id, created_at from tenancy.tenants
          where tenant_id collate "C" > $1 order by tenant_id collate "C" limit $2`,
        values: [after, limit],
      }),
    );
    return rows.map((row) => ({
      id: row.tenant_id,
      name: row.tenant_name,
      status: row.status,
      mode: row.mode,
      twinId: row.twin_id ?? undefined,
      createdAt: row.created_at,
    }));
  }
}
