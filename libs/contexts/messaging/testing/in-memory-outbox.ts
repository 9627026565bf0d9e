import { Unavailable, type Uuid } from '@ferry/kernel';
import type { OutboxEvent } from '../src/domain/outbox-event.js';
import type { Outbox } from '../src/ports/outbox.js';

type Name = Pick<OutboxEvent, 'tenantId' | 'aggregateId' | 'version'>;

const nameOf = ({ tenantId, aggregateId, version }: Name): string => JSON.stringify([tenantId, aggregateId, version]);

const parkedName = ({ tenantId, aggregateId }: Omit<Name, 'version'>): string =>
  JSON.stringify([tenantId, aggregateId]);

const inOrder = (a: OutboxEvent, b: OutboxEvent): number =>
  a.aggregateId === b.aggregateId ? a.version - b.version : a.aggregateId < b.aggregateId ? -1 : 1;

/** An outbox with the semantics of the real one. `write` stands for the transactions that make events true. */
export class InMemoryOutbox implements Outbox {
  /** While true, every method throws `Unavailable`. */
  away = false;

  private readonly waiting = new Map<string, OutboxEvent>();
  private readonly reasons = new Map<string, string>();
  private readonly leases = new Map<string, { readonly holder: string; readonly until: Date }>();

  async write(events: readonly OutboxEvent[]): Promise<void> {
    await this.reach();
    for (const event of events) {
      if (this.waiting.has(nameOf(event))) throw new Error(`event ${nameOf(event)} is already there`);
      this.waiting.set(nameOf(event), event);
    }
  }

  async tenantsWaiting(limit: number): Promise<readonly string[]> {
    await this.reach();
    return [...new Set(this.going().map(({ tenantId }) => tenantId))].slice(0, limit);
  }

  async lease(tenantId: string, holder: string, now: Date, until: Date): Promise<boolean> {
    await this.reach();
    const held = this.leases.get(tenantId);
    if (held && held.holder !== holder && held.until > now) return false;
    this.leases.set(tenantId, { holder, until });
    return true;
  }

  async release(tenantId: string, holder: string): Promise<void> {
    await this.reach();
    if (this.leases.get(tenantId)?.holder === holder) this.leases.delete(tenantId);
  }

  async read(tenantId: string, limit: number): Promise<readonly OutboxEvent[]> {
    await this.reach();
    return this.going()
      .filter((event) => event.tenantId === tenantId)
      .sort(inOrder)
      .slice(0, limit);
  }

  async remove(tenantId: string, events: readonly OutboxEvent[]): Promise<void> {
    await this.reach();
    for (const event of events) this.waiting.delete(nameOf({ ...event, tenantId }));
  }

  async lag(max: number): Promise<{ readonly waiting: number; readonly oldestAt?: Date | undefined }> {
    await this.reach();
    const times = this.going().map(({ at }) => at.getTime());
    return {
      waiting: Math.min(max, times.length),
      oldestAt: times.length > 0 ? new Date(Math.min(...times)) : undefined,
    };
  }

  async park(tenantId: string, aggregateId: Uuid, attention: string, _now: Date): Promise<void> {
    await this.reach();
    const name = parkedName({ tenantId, aggregateId });
    if (!this.reasons.has(name)) this.reasons.set(name, attention);
  }

  async parked(max: number): Promise<number> {
    await this.reach();
    return Math.min(max, this.reasons.size);
  }

  async replay(max: number): Promise<number> {
    await this.reach();
    const names = [...this.reasons.keys()].slice(0, max);
    for (const name of names) this.reasons.delete(name);
    return names.length;
  }

  /** Why each aggregate was parked. */
  get attention(): readonly string[] {
    return [...this.reasons.values()];
  }

  private going(): OutboxEvent[] {
    return [...this.waiting.values()].filter((event) => !this.reasons.has(parkedName(event)));
  }

  /** Every call crosses a wire: it never does anything in the caller's own turn. */
  private async reach(): Promise<void> {
    await Promise.resolve();
    if (this.away) throw new Unavailable('postgres');
  }
}
