import type { BusinessUnitId, PaymentState, TenantId } from './payment.js';

/**
 * Whose payments are meant: all of a tenant, or those of one of its business units. Which of the two must be said each time,
 * so that what serves somebody of a unit cannot forget it.
 */
export interface Owner {
  readonly tenantId: TenantId;
  readonly businessUnitId: BusinessUnitId | undefined;
}

/** For what works for the tenant itself: workers, sweepers, operators. */
export const wholeTenant = (tenantId: TenantId): Owner => ({ tenantId, businessUnitId: undefined });

export const owns = (owner: Owner, { tenantId, businessUnitId }: PaymentState): boolean =>
  owner.tenantId === tenantId && (owner.businessUnitId === undefined || owner.businessUnitId === businessUnitId);
