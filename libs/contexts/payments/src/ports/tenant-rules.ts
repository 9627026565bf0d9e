import type { PaymentRules } from '../domain/payment-rules.js';
import type { BusinessUnitId, TenantId } from '../domain/payment.js';

/** The rules of tenants, as they were at most some seconds ago. */
export interface TenantRules {
  /** Nothing but open choices for a tenant that decided nothing. Rejects when they cannot be known: then nothing is allowed. */
  of(tenantId: TenantId): Promise<PaymentRules>;

  /** Those of these business units that the tenant has; one that was added before the question is among them. Rejects as `of` does. */
  unitsAmong(tenantId: TenantId, named: ReadonlySet<BusinessUnitId>): Promise<ReadonlySet<BusinessUnitId>>;
}
