import type { Told } from '../domain/told.js';

/** The audit logs of tenants, for what no one transaction does. Throws when there is no such tenant. */
export interface AuditLog {
  tell(told: Told): Promise<void>;
}
