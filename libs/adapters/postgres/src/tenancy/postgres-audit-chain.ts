import { firstIdAt } from '@ferry/kernel';
import type { AuditChain, AuditEntry, AuditLink, ChainedEntry, Stretch, TenantId } from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { Session } from '../session.js';
import { entryColumns, entryOf, type EntryRow } from './audit-row.js';

interface LinkRow {
  sequence: string;
  audit_id: string;
  previous_hash: string;
  hash: string;
}

const linkColumns = 'sequence, audit_id, previous_hash, hash';

const linkOf = (row: LinkRow): AuditLink => ({
  sequence: Number(row.sequence),
  entryId: row.audit_id,
  previousHash: row.previous_hash,
  hash: row.hash,
});

type ChainedRow = LinkRow & { [K in keyof EntryRow]: EntryRow[K] | null } & { dropped: boolean };

const chainedOf = (row: ChainedRow): ChainedEntry => ({
  link: linkOf(row),
  entry: row.id === null ? (row.dropped ? 'dropped' : undefined) : entryOf(row as EntryRow),
});

/** No id of ours: they are UUIDv7. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Rolls the transaction back: another process has used the places in the chain. */
class Overtaken extends Error {}

export class PostgresAuditChain implements AuditChain {
  constructor(private readonly app: Database) {}

  async extendChain(
    tenantId: TenantId,
    limit: number,
    link: (last: AuditLink | undefined, entries: readonly AuditEntry[]) => readonly AuditLink[],
  ): Promise<number> {
    try {
      return await this.app.tenant(tenantId, async (session) => {
        const { last, entries } = await this.pending(session, tenantId, limit);
        const links = link(last, entries);
        if (links.length > 0) await this.append(session, tenantId, links);
        return links.length;
      });
    } catch (error) {
      if (error instanceof Overtaken) return 0;
      throw error;
    }
  }

  async readChain(tenantId: TenantId, limit: number, after = 0): Promise<readonly ChainedEntry[]> {
    const rows = await this.app.tenant(tenantId, (session) =>
      session.rows<ChainedRow>({
        text: `select ${linkColumns}, ${entryColumns.replace('tenant_id', 'l.tenant_id')},
            l.id is null and c.audit_id < payments.first_id_at(tenancy.audit_kept_from()) as dropped
          from (select * from tenancy.tenant_audit_chain where tenant_id = $1 and sequence > $2 order by sequence limit $3) c
          left join tenancy.tenant_audit_log l on l.tenant_id = c.tenant_id and l.id = c.audit_id
          order by c.sequence`,
        values: [tenantId, after, limit],
      }),
    );
    return rows.map(chainedOf);
  }

  async stretch(tenantId: TenantId, since: Date | undefined, until: Date | undefined): Promise<Stretch | undefined> {
    const [row] = await this.app.tenant(tenantId, (session) =>
      session.rows<{ first: string | null; last: string | null }>({
        text: `select min(c.sequence) as first, max(c.sequence) as last from tenancy.tenant_audit_log l
          join tenancy.tenant_audit_chain c on c.tenant_id = l.tenant_id and c.audit_id = l.id
          where l.tenant_id = $1 and l.id >= $2 and l.id < $3`,
        values: [tenantId, since ? firstIdAt(since) : BEFORE_ALL, until ? firstIdAt(until) : AFTER_ALL],
      }),
    );
    return row?.first ? { first: Number(row.first), last: Number(row.last) } : undefined;
  }

  async countUnchainable(tenantId: TenantId): Promise<number> {
    const [row] = await this.app.tenant(tenantId, (session) =>
      session.rows<{ count: string }>({
        text: `select count(*) from tenancy.tenant_audit_log l where l.tenant_id = $1
          and not exists (select from tenancy.tenant_audit_chain c where c.tenant_id = $1 and c.audit_id = l.id)
          and not exists (select from tenancy.tenant_audit_pending p where p.tenant_id = $1 and p.audit_id = l.id)`,
        values: [tenantId],
      }),
    );
    return Number(row?.count ?? 0);
  }

  private async pending(
    session: Session,
    tenantId: TenantId,
    limit: number,
  ): Promise<{ last: AuditLink | undefined; entries: readonly AuditEntry[] }> {
    // Two snapshots, and no lock: whoever is overtaken in between finds a place or an entry taken, by the unique indexes.
    const [rows, [last]] = await Promise.all([
      session.rows<EntryRow>({
        text: `select ${entryColumns} from tenancy.tenant_audit_log where tenant_id = $1 and id in (
            select audit_id from tenancy.tenant_audit_pending where tenant_id = $1 order by audit_id limit $2) order by id`,
        values: [tenantId, limit],
      }),
      session.rows<LinkRow>({
        text: `select ${linkColumns} from tenancy.tenant_audit_chain where tenant_id = $1 order by sequence desc limit 1`,
        values: [tenantId],
      }),
    ]);
    return { last: last && linkOf(last), entries: rows.map(entryOf) };
  }

  private async append(session: Session, tenantId: TenantId, links: readonly AuditLink[]): Promise<void> {
    const { rowCount } = await session.query({
      text: `insert into tenancy.tenant_audit_chain (tenant_id, ${linkColumns})
        select h.tenant_id, u.* from tenancy.tenant_home h, unnest($2::bigint[], $3::uuid[], $4::varchar[], $5::varchar[]) u
        where h.tenant_id = $1 on conflict do nothing`,
      values: [
        tenantId,
        links.map(({ sequence }) => sequence),
        links.map(({ entryId }) => entryId),
        links.map(({ previousHash }) => previousHash),
        links.map(({ hash }) => hash),
      ],
    });
    if (rowCount !== links.length) throw new Overtaken();
    session.send({
      text: 'delete from tenancy.tenant_audit_pending where tenant_id = $1 and audit_id = any($2)',
      values: [tenantId, links.map(({ entryId }) => entryId)],
    });
  }
}
