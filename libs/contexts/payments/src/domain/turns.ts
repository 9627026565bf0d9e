import type { TenantId } from './payment.js';

/**
 * Whose turn it is among tenants that have something waiting. One that joins is new until it has had a turn; new ones and those
 * with a backlog alternate. So a single payment waits for no backlog, and many of them leave half to the backlogs.
 */
export class Turns {
  // In order of arrival: a Set remembers the order of insertion.
  private readonly fresh = new Set<TenantId>();
  private readonly served = new Set<TenantId>();
  private freshNext = true;

  get isEmpty(): boolean {
    return this.fresh.size + this.served.size === 0;
  }

  /** Nothing happens when it stands in the line already. */
  join(tenantId: TenantId): void {
    if (!this.served.has(tenantId)) this.fresh.add(tenantId);
  }

  isNew(tenantId: TenantId): boolean {
    return this.fresh.has(tenantId);
  }

  /** Whose turn it is: one with a backlog, or some that are new, at most `newMax`. Who does not go to the end, or leave, keeps its place. */
  next(newMax: number): readonly TenantId[] {
    const ofNew = this.served.size === 0 || (this.freshNext && this.fresh.size > 0);
    this.freshNext = !ofNew;
    return ofNew ? firstOf(this.fresh, newMax) : firstOf(this.served, 1);
  }

  /** All, in the order of their turns. */
  line(): readonly TenantId[] {
    const [fresh, served] = [[...this.fresh], [...this.served]];
    return Array.from({ length: Math.max(fresh.length, served.length) }, (_, i) => [fresh[i], served[i]])
      .flat()
      .filter((tenantId) => tenantId !== undefined);
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

function firstOf<T>(items: Iterable<T>, max: number): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length >= max) break;
    first.push(item);
  }
  return first;
}
