import type { TenantId } from './payment.js';
import { Turns } from './turns.js';

/** Of one tenant in its turn: with one at a time a batch would be as many transactions as tenants. */
const IN_A_TURN = 10;

interface OfTenant {
  readonly tenantId: TenantId;
}

/** What waits in memory: first in, first out within a tenant, and the tenants in turn. */
export class WaitingLine<T extends OfTenant> {
  private readonly lines = new Map<TenantId, Line<T>>();
  private readonly turns = new Turns();
  private size = 0;

  get length(): number {
    return this.size;
  }

  lengthOf(tenantId: TenantId): number {
    return this.lines.get(tenantId)?.length ?? 0;
  }

  push(item: T): void {
    this.lineOf(item.tenantId).push(item);
    this.size += 1;
  }

  /** Before all others of their tenants. */
  pushBack(items: readonly T[]): void {
    for (const [tenantId, own] of Map.groupBy(items, (item) => item.tenantId)) this.lineOf(tenantId).unshift(own);
    this.size += items.length;
  }

  take(max: number): T[] {
    const taken: T[] = [];
    while (taken.length < max && this.size > 0)
      for (const tenantId of this.turns.next(Math.min(IN_A_TURN, max - taken.length)))
        taken.push(...this.takeOf(tenantId, max - taken.length));
    return taken;
  }

  clear(): void {
    for (const tenantId of this.turns.line()) this.forget(tenantId);
    this.size = 0;
  }

  /** Of one that is new only the first: its backlog, if it is one, must not delay the first of those that are new with it. */
  private takeOf(tenantId: TenantId, max: number): T[] {
    const line = this.lines.get(tenantId) as Line<T>;
    const own = line.take(Math.min(this.turns.isNew(tenantId) ? 1 : IN_A_TURN, max));
    this.size -= own.length;
    if (line.length === 0) this.forget(tenantId);
    else this.turns.toTheEnd(tenantId);
    return own;
  }

  private lineOf(tenantId: TenantId): Line<T> {
    const line = this.lines.get(tenantId) ?? new Line<T>();
    this.lines.set(tenantId, line);
    this.turns.join(tenantId);
    return line;
  }

  private forget(tenantId: TenantId): void {
    this.lines.delete(tenantId);
    this.turns.leave(tenantId);
  }
}

/** Gaps at the front that are tolerated before the array is shortened: a shift of 100,000 items for each batch would be felt. */
const GAP_MAX = 1_000;

class Line<T> {
  private items: T[] = [];
  private start = 0;

  get length(): number {
    return this.items.length - this.start;
  }

  push(item: T): void {
    this.items.push(item);
  }

  unshift(items: readonly T[]): void {
    this.items = [...items, ...this.items.slice(this.start)];
    this.start = 0;
  }

  take(max: number): T[] {
    const taken = this.items.slice(this.start, this.start + max);
    this.start += taken.length;
    if (this.start > GAP_MAX && this.start > this.items.length / 2) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
    return taken;
  }
}
