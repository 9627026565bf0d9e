import { firstIdAt, isoTime } from '@ferry/kernel';
import { dayAfter, startOf, type Day, type TenantId, type UsageCounting } from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { Session } from '../session.js';

const HOUR_MS = 3_600_000;

/** Ids carry the time of their payment, so a day is a range of the primary key in one partition. */
const idsOf = (day: Day): readonly [string, string] => [firstIdAt(startOf(day)), firstIdAt(startOf(dayAfter(day)))];
const idsOfHour = (day: Day, hour: number): readonly [string, string] => {
  const from = startOf(day).getTime() + hour * HOUR_MS;
  return [firstIdAt(new Date(from)), firstIdAt(new Date(from + HOUR_MS))];
};
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
      const sums = await sumsOf(session, tenantId, day);
      const all = (of: 'payments' | 'open'): string =>
        [...sums.values()].reduce((sum, one) => sum + one[of], 0n).toString();
      const volumes = [...sums].filter(([, { volume }]) => volume > 0n).sort(([a], [b]) => (a < b ? -1 : 1));
      this.store(session, tenantId, day, now, [
        ['open', '', all('open')],
        ['payments', '', all('payments')],
        ...volumes.map(([currency, { volume }]) => ['volume', currency, volume.toString()] as const),
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

interface Sums {
  readonly payments: bigint;
  readonly open: bigint;
  readonly volume: bigint;
}

/** By currency, an hour at a time: a day of ten million payments would outlast the time that a statement may take. */
async function sumsOf(session: Session, tenantId: TenantId, day: Day): Promise<ReadonlyMap<string, Sums>> {
  const sums = new Map<string, Sums>();
  for (let hour = 0; hour < 24; hour += 1) {
    const rows = await session.rows<{ currency: string; payments: string; open: string; volume: string }>({
      name: 'usage-count',
      text: `select currency, count(*) as payments, count(*) filter (where status in ${OPEN}) as open,
          coalesce(sum(amount_minor) filter (where status = 'SUCCESS'), 0) as volume
        from payments.payments where tenant_id = $1 and id >= $2 and id < $3 group by currency`,
      values: [tenantId, ...idsOfHour(day, hour)],
    });
    for (const { currency, payments, open, volume } of rows) {
      const before = sums.get(currency) ?? { payments: 0n, open: 0n, volume: 0n };
      sums.set(currency, {
        payments: before.payments + BigInt(payments),
        open: before.open + BigInt(open),
        volume: before.volume + BigInt(volume),
      });
    }
  }
  return sums;
}
