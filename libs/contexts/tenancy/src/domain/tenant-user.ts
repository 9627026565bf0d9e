import type { Role } from './scopes.js';
import type { BusinessUnitId, TenantId } from './tenant.js';

/** A person whom a tenant lets in. Who they are is for the identity provider to say; what they may do, for their tenant. */
export interface TenantUser {
  readonly tenantId: TenantId;
  /** `sub` of the person's tokens. */
  readonly subject: string;
  readonly role: Role;
  readonly businessUnitId?: BusinessUnitId | undefined;
  readonly createdAt: Date;
  /** Let out at this time; the row stays for the audit log's sake. */
  readonly removedAt?: Date | undefined;
}
