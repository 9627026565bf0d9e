import type { PaymentRules } from '../src/domain/payment-rules.js';
import { DEFAULT_UNIT, type BusinessUnitId, type TenantId } from '../src/domain/payment.js';
import type { TenantRules } from '../src/ports/tenant-rules.js';

const open: PaymentRules = { currencies: [], rails: [], amountMaxMinor: {} };

/** What tests have decided for tenants, known at once. */
export class DecidedRules implements TenantRules {
  private readonly decided = new Map<TenantId, PaymentRules>();
  private readonly units = new Map<TenantId, Set<BusinessUnitId>>();
  /** Rejects with it, as when the store is away. */
  outage: Error | undefined;

  decide(tenantId: TenantId, rules: Partial<PaymentRules>): void {
    this.decided.set(tenantId, { ...open, ...rules });
  }

  addUnit(tenantId: TenantId, unit: BusinessUnitId): void {
    this.units.set(tenantId, new Set(this.units.get(tenantId)).add(unit));
  }

  of(tenantId: TenantId): Promise<PaymentRules> {
    return this.outage ? Promise.reject(this.outage) : Promise.resolve(this.decided.get(tenantId) ?? open);
  }

  unitsAmong(tenantId: TenantId, named: ReadonlySet<BusinessUnitId>): Promise<ReadonlySet<BusinessUnitId>> {
    const own = new Set(this.units.get(tenantId)).add(DEFAULT_UNIT);
    const found = new Set([...named].filter((unit) => own.has(unit)));
    return this.outage ? Promise.reject(this.outage) : Promise.resolve(found);
  }
}
