import type { PaymentRules } from '../src/domain/payment-rules.js';
import type { TenantId } from '../src/domain/payment.js';
import type { TenantRules } from '../src/ports/tenant-rules.js';

const open: PaymentRules = { currencies: [], rails: [], amountMaxMinor: {} };

/** What tests have decided for tenants, known at once. */
export class DecidedRules implements TenantRules {
  private readonly decided = new Map<TenantId, PaymentRules>();
  /** Rejects with it, as when the store is away. */
  outage: Error | undefined;

  decide(tenantId: TenantId, rules: Partial<PaymentRules>): void {
    this.decided.set(tenantId, { ...open, ...rules });
  }

  of(tenantId: TenantId): Promise<PaymentRules> {
    return this.outage ? Promise.reject(this.outage) : Promise.resolve(this.decided.get(tenantId) ?? open);
  }
}
