import type { AuditLog, Told } from '@ferry/recording';
import type { Database } from '../database.js';
import { tell } from '../tenancy/tell.js';

export class PostgresAuditLog implements AuditLog {
  constructor(private readonly database: Database) {}

  tell(told: Told): Promise<void> {
    return this.database.tenant(told.tenantId, (session) => tell(session, told.tenantId, [told]));
  }
}
