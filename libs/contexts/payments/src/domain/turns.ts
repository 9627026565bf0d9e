import type { TenantId } from './payment.js';

/**
 * Whose turn it is among tenants that have something waiting. Who is new comes first, so that a single payment does not wait for the
 * backlogs of others; after a turn one goes to the end of the line, and is new again only after having left it.
 */
export class Turns {
  // In order of arrival: a Set remembers the order of insertion.
  private readonly fresh = new Set<TenantId>();
  private readonly served = new Set<TenantId>();

  /** Nothing happens when it stands in the line already. */
  join(tenantId: TenantId): void {
    if (!this.served.has(tenantId)) this.fresh.add(tenantId);
  }

  first(): TenantId | undefined {
    const [first = this.served.values().next().value] = this.fresh;
    return first;
  }

  /** The whole line, the first one first. */
  line(): readonly TenantId[] {
    return [...this.fresh, ...this.served];
  }

  toTheEnd(tenantId: TenantId): void {
    this.leave(tenantId);
    this.served.add(tenantId);
  }

  leave(tenantId: TenantId): void {
    this.fresh.delete(tenantId);
    this.served.delete(tenantId);
  }
}
