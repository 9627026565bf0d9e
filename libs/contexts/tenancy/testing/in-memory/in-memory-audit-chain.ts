import type { AuditEntry, AuditLink } from '../../src/domain/audit.js';
import type { TenantId } from '../../src/domain/tenant.js';
import type { AuditChain, ChainedEntry, Stretch, UnchainedTenants } from '../../src/ports/audit-chain.js';
import { copyOf, byId, type InMemoryState } from './state.js';

export class InMemoryAuditChain implements AuditChain, UnchainedTenants {
  constructor(private readonly state: InMemoryState) {}

  async tenantsUnchained(limit: number): Promise<readonly TenantId[]> {
    await Promise.resolve();
    return [...this.state.tenants].flatMap(([id, { unchained }]) => (unchained.size > 0 ? [id] : [])).slice(0, limit);
  }

  async extendChain(
    tenantId: TenantId,
    limit: number,
    link: (last: AuditLink | undefined, entries: readonly AuditEntry[]) => readonly AuditLink[],
  ): Promise<number> {
    const rows = await this.state.of(tenantId);
    if (!rows) return 0;
    const waiting = rows.audit.filter(({ id }) => rows.unchained.has(id)).sort(byId);
    const links = link(rows.links.at(-1), copyOf(waiting.slice(0, limit)));
    const taken = (one: AuditLink): boolean =>
      rows.links.some(({ sequence, entryId }) => sequence === one.sequence || entryId === one.entryId);
    if (links.some(taken)) return 0;
    rows.links.push(...links);
    for (const { entryId } of links) rows.unchained.delete(entryId);
    return links.length;
  }

  async readChain(tenantId: TenantId, limit: number, after = 0): Promise<readonly ChainedEntry[]> {
    const rows = await this.state.of(tenantId);
    const page = (rows?.links ?? []).filter(({ sequence }) => sequence > after).slice(0, limit);
    return page.map((link) => ({ link, entry: copyOf(rows?.audit.find(({ id }) => id === link.entryId)) }));
  }

  async stretch(tenantId: TenantId, since?: Date, until?: Date): Promise<Stretch | undefined> {
    const rows = await this.state.of(tenantId);
    const within = (at: Date): boolean => (!since || at >= since) && (!until || at < until);
    const ids = new Set((rows?.audit ?? []).filter(({ at }) => within(at)).map(({ id }) => id));
    const sequences = (rows?.links ?? []).filter(({ entryId }) => ids.has(entryId)).map(({ sequence }) => sequence);
    return sequences.length > 0 ? { first: Math.min(...sequences), last: Math.max(...sequences) } : undefined;
  }

  async countUnchainable(tenantId: TenantId): Promise<number> {
    const rows = await this.state.of(tenantId);
    const chained = new Set(rows?.links.map(({ entryId }) => entryId));
    return (rows?.audit ?? []).filter(({ id }) => !chained.has(id) && !rows?.unchained.has(id)).length;
  }
}
