import type { ApiKey } from './api-key.js';
import { roles, tenantScopes, onlyReads, type Scope } from './scopes.js';
import type { BusinessUnitId, Tenant, TenantId, TenantMode, TenantStatus } from './tenant.js';
import type { TenantUser } from './tenant-user.js';

/** On whose behalf a request is served. Everything a request touches belongs to its tenant. */
export interface Principal {
  readonly tenantId: TenantId;
  readonly tenantStatus: TenantStatus;
  readonly mode: TenantMode;
  /** `nobody`: authentication is off, everyone is the tenant `default`. */
  readonly kind: 'key' | 'person' | 'nobody';
  /** Id of the key, or subject of the person; `nobody` otherwise. */
  readonly id: string;
  /** Restricts to one business unit; never left out, so that nobody forgets it. */
  readonly businessUnitId: BusinessUnitId | undefined;
  readonly scopes: ReadonlySet<Scope>;
  /** Requests a minute of this key; the tenant's limit holds beside it. */
  readonly requestsPerMinute?: number | undefined;
}

export type Authorisation = 'granted' | 'missing-scope' | 'tenant-suspended';

/** Whether the principal may do what needs this scope. */
export function authorise({ scopes, tenantStatus }: Principal, scope: Scope): Authorisation {
  if (!scopes.has(scope)) return 'missing-scope';
  return tenantStatus === 'SUSPENDED' && !onlyReads(scope) ? 'tenant-suspended' : 'granted';
}

const ofTenant = (tenant: Tenant) => ({ tenantId: tenant.id, tenantStatus: tenant.status, mode: tenant.mode });

export const principalOfKey = (key: ApiKey, tenant: Tenant): Principal => ({
  ...ofTenant(tenant),
  kind: 'key',
  id: key.id,
  businessUnitId: key.businessUnitId,
  scopes: new Set(key.scopes),
  requestsPerMinute: key.requestsPerMinute,
});

/** Of a person whose token another system has vouched for. */
export const principalOfPerson = (user: TenantUser, tenant: Tenant): Principal => ({
  ...ofTenant(tenant),
  kind: 'person',
  id: user.subject,
  businessUnitId: user.businessUnitId,
  scopes: new Set(roles[user.role]),
});

/** For `FERRY_AUTH=none`: all that a tenant may do, nothing that rules tenants. */
export const nobody = (tenantId: TenantId): Principal => ({
  tenantId,
  tenantStatus: 'ACTIVE',
  mode: 'live',
  kind: 'nobody',
  id: 'nobody',
  businessUnitId: undefined,
  scopes: new Set(tenantScopes),
});
