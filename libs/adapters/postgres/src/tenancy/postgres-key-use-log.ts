import { isoTime } from '@ferry/kernel';
import { dayOf, type KeyUse, type KeyUseLog } from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { Session } from '../session.js';

export class PostgresKeyUseLog implements KeyUseLog {
  constructor(private readonly database: Database) {}

  /** A transaction for each tenant, in one order, so that two processes wait for each other instead of deadlocking. */
  async record(uses: readonly KeyUse[]): Promise<void> {
    for (const [tenantId, group] of Map.groupBy(uses, (use) => use.tenantId))
      await this.database.tenant(tenantId, async (session) => {
        this.moveForward(session, tenantId, group);
        this.addRequests(session, tenantId, group);
      });
  }

  private moveForward(session: Session, tenantId: string, uses: readonly KeyUse[]): void {
    const latest = new Map<string, Date>();
    for (const { keyId, lastUsedAt } of uses)
      if (lastUsedAt > (latest.get(keyId) ?? new Date(0))) latest.set(keyId, lastUsedAt);
    const sorted = [...latest].sort(([a], [b]) => (a < b ? -1 : 1));
    session.send({
      text: `select 1 from tenancy.tenant_api_keys where tenant_id = $1 and key_id = any($2) order by key_id for update`,
      values: [tenantId, sorted.map(([id]) => id)],
    });
    session.send({
      text: `update tenancy.tenant_api_keys k set last_used_at = u.at
        from unnest($2::uuid[], $3::timestamptz[]) as u(id, at)
        where k.tenant_id = $1 and k.key_id = u.id and (k.last_used_at is null or k.last_used_at < u.at)`,
      values: [tenantId, sorted.map(([id]) => id), sorted.map(([, at]) => isoTime(at))],
    });
  }

  private addRequests(session: Session, tenantId: string, uses: readonly KeyUse[]): void {
    const days = Map.groupBy(uses, ({ lastUsedAt }) => dayOf(lastUsedAt));
    for (const [day, group] of [...days].sort(([a], [b]) => (a < b ? -1 : 1)))
      session.send({
        text: `insert into tenancy.tenant_metrics as m (tenant_id, metric_date, metric_name, currency, metric_value, counted_at)
          values ($1, $2, 'requests', '', $3, $4)
          on conflict (tenant_id, metric_date, metric_name, currency)
          do update set metric_value = m.metric_value + excluded.metric_value, counted_at = excluded.counted_at`,
        values: [
          tenantId,
          day,
          group.reduce((sum, { requests }) => sum + requests, 0),
          isoTime(new Date(Math.max(...group.map(({ lastUsedAt }) => lastUsedAt.getTime())))),
        ],
      });
  }
}
