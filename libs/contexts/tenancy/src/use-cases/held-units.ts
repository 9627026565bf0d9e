import { AgingCache, stopwatch, type Stopwatch } from '@ferry/kernel';
import { DEFAULT_UNIT, type BusinessUnitId, type TenantId } from '../domain/tenant.js';
import type { TenantRepository } from '../ports/tenant-repository.js';

const TENANTS_MAX = 10_000;

interface Held {
  readonly units: ReadonlySet<BusinessUnitId>;
  readonly age: Stopwatch;
}

/** Which business units there are, for what asks with every payment. None is ever taken away, so what was found once stays true. */
export class HeldUnits {
  private readonly held = new AgingCache<Held>(TENANTS_MAX, Infinity);

  constructor(private readonly tenants: Pick<TenantRepository, 'units'>) {}

  /**
   * Those of them that the tenant has. What is not known here is asked for each time, so that a unit may be used as soon as it is
   * added; who names units that there are not gets no further than this question. Every tenant has the first one.
   */
  async among(tenantId: TenantId, named: ReadonlySet<BusinessUnitId>): Promise<ReadonlySet<BusinessUnitId>> {
    const isOf = (units: ReadonlySet<BusinessUnitId> | undefined) => (id: BusinessUnitId) =>
      id === DEFAULT_UNIT || units?.has(id) === true;
    if ([...named].every(isOf(this.held.get(tenantId)?.units))) return named;
    const age = stopwatch();
    const units = new Set((await this.tenants.units(tenantId)).map(({ id }) => id));
    this.held.set(tenantId, { units, age });
    return new Set([...named].filter(isOf(units)));
  }
}
