import { firstIdAt, isoTime } from '@ferry/kernel';
import { dayAfter, startOf, type Day, type TenantId, type UsageCounting } from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { Session } from '../session.js';

/** Ids carry the time of their payment, so a day is a range of the primary key in one partition. */
const idsOf = (day: Day): readonly [string, string] => [firstIdAt(startOf(day)), firstIdAt(startOf(dayAfter(day)))];
const OPEN = `('PENDING', 'PROCESSING')`;

export class PostgresUsageCounting implements UsageCounting {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async tenantsToCount(day: Day, finalFrom: Date, limit: number, after: TenantId = ''): Promise<readonly TenantId[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: string }>({
        name: 'usage-tenants',
        // LIMIT 1 makes it one look into the index a tenant.
        text: `select h.tenant_id from tenancy.tenant_home h cross join lateral (
            select from payments.payments p where p.tenant_id = h.tenant_id and p.id >= $1 and p.id < $2
            order by p.tenant_id, p.id limit 1) as made
          where h.tenant_id collate "C" > $3 and not exists (
            select from tenancy.tenant_metrics m where m.tenant_id = h.tenant_id and m.metric_date = $4
              and m.metric_name = 'open' and m.metric_value = 0 and m.counted_at >= $5)
          order by h.tenant_id collate "C" limit $6`,
        values: [...idsOf(day), after, day, isoTime(finalFrom), limit],
      }),
    );
    return rows.map(({ tenant_id }) => tenant_id);
  }

  async openDays(before: Day, limit: number): Promise<readonly { tenantId: TenantId; day: Day }[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<{ tenant_id: string; day: string }>({
        text: `select tenant_id, metric_date::text as day from tenancy.tenant_metrics
          where metric_name = 'open' and metric_value > 0 and metric_date < $1 order by counted_at limit $2`,
        values: [before, limit],
      }),
    );
    return rows.map(({ tenant_id, day }) => ({ tenantId: tenant_id, day }));
  }

  /** Two who count at once both count right; the one that looked later must not be overwritten, hence the times are compared. */
  async count(tenantId: TenantId, day: Day, now: Date): Promise<void> {
    await this.app.tenant(tenantId, async (session) => {
      const rows = await session.rows<{ currency: string; payments: string; open: string; volume: string }>({
        name: 'usage-count',
        text: `select currency, count(*) as payments, count(*) filter (where status in ${OPEN}) as open,
            coalesce(sum(amount_minor) filter (where status = 'SUCCESS'), 0) as volume
          from payments.payments where tenant_id = $1 and id >= $2 and id < $3 group by currency`,
        values: [tenantId, ...idsOf(day)],
      });
      const sum = (of: 'payments' | 'open'): bigint => rows.reduce((total, row) => total + BigInt(row[of]), 0n);
      const volumes = rows.filter(({ volume }) => volume !== '0').sort((a, b) => (a.currency < b.currency ? -1 : 1));
      this.store(session, tenantId, day, now, [
        ['open', '', sum('open').toString()],
        ['payments', '', sum('payments').toString()],
        ...volumes.map(({ currency, volume }) => ['volume', currency, volume] as const),
      ]);
    });
  }

  private store(
    session: Session,
    tenantId: TenantId,
    day: Day,
    now: Date,
    metrics: readonly (readonly [name: string, currency: string, value: string])[],
  ): void {
    session.send({
      text: `insert into tenancy.tenant_metrics as m (tenant_id, metric_date, metric_name, currency, metric_value, counted_at)
        select h.tenant_id, $2::date, u.name, u.currency, u.value, $3::timestamptz
        from tenancy.tenant_home h, unnest($4::varchar[], $5::varchar[], $6::numeric[]) as u(name, currency, value)
        where h.tenant_id = $1
        on conflict (tenant_id, metric_date, metric_name, currency)
        do update set metric_value = excluded.metric_value, counted_at = excluded.counted_at
          where m.counted_at <= excluded.counted_at`,
      values: [
        tenantId,
        day,
        isoTime(now),
        metrics.map(([name]) => name),
        metrics.map(([, currency]) => currency),
        metrics.map(([, , value]) => value),
      ],
    });
  }
}
