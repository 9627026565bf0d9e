import type { Origin } from '@ferry/kernel';
import type { PaymentId, TenantId } from '../domain/payment.js';

export interface DuePayment {
  readonly tenantId: TenantId;
  readonly paymentId: PaymentId;
  readonly origin: Origin;
}

/** Payments of all tenants that are due and that no message seems to speak for: new ones never taken up, expired leases. */
export interface DuePayments {
  /** Tenants that have some, at most `limit`, in the order of their ids from `after` (exclusive) on. */
  tenants(limit: number, now: Date, after?: TenantId): Promise<readonly TenantId[]>;

  /**
   * Claims at most `limit` of a tenant, longest due first: nobody else gets them before `until`. Several processes may
   * claim at once; each payment goes to one of them.
   */
  claim(tenantId: TenantId, limit: number, now: Date, until: Date): Promise<readonly DuePayment[]>;

  /** Payments parked for attention, oldest first, after `after` (exclusive, by tenant and id). */
  parked(limit: number, after?: { tenantId: TenantId; paymentId: PaymentId }): Promise<readonly DuePayment[]>;
}
