import type { AuditEntry, AuditLog, TenantId } from '@ferry/tenancy';
import type { Database } from '../database.js';
import { entryColumns, entryOf, type EntryRow } from './audit-row.js';

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export class PostgresAuditLog implements AuditLog {
  constructor(private readonly database: Database) {}

  async read(tenantId: TenantId, limit: number, after = BEFORE_ALL): Promise<readonly AuditEntry[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<EntryRow>({
        text: `select ${entryColumns} from tenancy.tenant_audit_log where tenant_id = $1 and id > $2 order by id limit $3`,
        values: [tenantId, after, limit],
      }),
    );
    return rows.map(entryOf);
  }
}
