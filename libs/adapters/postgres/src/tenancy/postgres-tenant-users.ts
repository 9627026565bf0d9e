import { isoTime } from '@ferry/kernel';
import type { AuditEntry, BusinessUnitId, Tenant, TenantId, TenantUser, TenantUsers } from '@ferry/tenancy';
import type { Database } from '../database.js';
import { tell } from './tell.js';
import { tenantColumns, tenantOf, type TenantRow } from './tenant-row.js';

interface UserRow {
  tenant_id: string;
  subject: string;
  role: TenantUser['role'];
  business_unit_id: string | null;
  created_at: Date;
  removed_at: Date | null;
}

const userOf = (row: UserRow): TenantUser => ({
  tenantId: row.tenant_id,
  subject: row.subject,
  role: row.role,
  businessUnitId: row.business_unit_id ?? undefined,
  createdAt: row.created_at,
  removedAt: row.removed_at ?? undefined,
});
const columns = 'tenant_id, subject, role, business_unit_id, created_at, removed_at';

export class PostgresTenantUsers implements TenantUsers {
  constructor(private readonly database: Database) {}

  async put(user: TenantUser, audit: readonly AuditEntry[]): Promise<void> {
    await this.database.tenant(user.tenantId, async (session) => {
      session.send({
        text: `insert into tenancy.tenant_users (${columns}) values ($1, $2, $3, $4, $5, $6)
          on conflict (tenant_id, subject) do update set role = excluded.role, business_unit_id = excluded.business_unit_id,
            removed_at = excluded.removed_at`,
        values: [
          user.tenantId,
          user.subject,
          user.role,
          user.businessUnitId,
          isoTime(user.createdAt),
          user.removedAt ? isoTime(user.removedAt) : null,
        ],
      });
      await tell(session, user.tenantId, audit);
    });
  }

  find(tenantId: TenantId, subject: string): Promise<{ user: TenantUser; tenant: Tenant } | undefined> {
    return this.database.tenant(tenantId, async (session) => {
      const [users, tenants] = await Promise.all([
        session.rows<UserRow>({
          name: 'user-find',
          text: `select ${columns} from tenancy.tenant_users where tenant_id = $1 and subject = $2`,
          values: [tenantId, subject],
        }),
        session.rows<TenantRow>({
          name: 'tenant-find',
          text: `select ${tenantColumns} from tenancy.tenants where tenant_id = $1`,
          values: [tenantId],
        }),
      ]);
      const [[user], [tenant]] = [users, tenants];
      return user && tenant && { user: userOf(user), tenant: tenantOf(tenant) };
    });
  }

  async list(tenantId: TenantId, limit: number, after = '', unit?: BusinessUnitId): Promise<readonly TenantUser[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<UserRow>({
        text: `select ${columns} from tenancy.tenant_users where tenant_id = $1 and subject collate "C" > $2
            and ($4::varchar is null or business_unit_id = $4)
          order by subject collate "C" limit $3`,
        values: [tenantId, after, limit, unit],
      }),
    );
    return rows.map(userOf);
  }
}
