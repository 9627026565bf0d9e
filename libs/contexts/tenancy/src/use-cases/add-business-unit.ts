import type { Occasion } from '../domain/audit.js';
import { isBusinessUnitId, isName, type BusinessUnit, type TenantId } from '../domain/tenant.js';
import type { TenantRepository } from '../ports/tenant-repository.js';
import { tell, type Telling } from './telling.js';

export type AddUnitOutcome =
  { readonly outcome: 'added'; readonly unit: BusinessUnit } | { readonly outcome: 'exists' | 'bad-id' | 'bad-name' };

export class AddBusinessUnit {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly telling: Telling,
  ) {}

  async execute(tenantId: TenantId, id: string, name: string, occasion: Occasion): Promise<AddUnitOutcome> {
    if (!isBusinessUnitId(id)) return { outcome: 'bad-id' };
    if (!isName(name)) return { outcome: 'bad-name' };
    const now = this.telling.clock.now();
    const unit = { tenantId, id, name, createdAt: now };
    const told = { tenantId, action: 'unit.created' as const, subject: id, after: JSON.stringify({ name }) };
    const outcome = await this.tenants.addUnit(unit, [tell(this.telling.newId, now, occasion, told)]);
    return outcome === 'added' ? { outcome, unit } : { outcome };
  }
}
