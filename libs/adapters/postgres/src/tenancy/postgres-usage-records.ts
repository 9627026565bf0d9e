import type { Currency } from '@ferry/kernel';
import type { Day, DayUsage, TenantId, UsageRecords } from '@ferry/tenancy';
import type { Database } from '../database.js';

export class PostgresUsageRecords implements UsageRecords {
  constructor(private readonly database: Database) {}

  async read(tenantId: TenantId, from: Day, to: Day): Promise<readonly DayUsage[]> {
    const rows = await this.database.tenant(tenantId, (session) =>
      session.rows<{ day: string; metric_name: string; currency: string; metric_value: string }>({
        text: `select metric_date::text as day, metric_name, currency, metric_value from tenancy.tenant_metrics
          where tenant_id = $1 and metric_date between $2 and $3 order by metric_date`,
        values: [tenantId, from, to],
      }),
    );
    return [...Map.groupBy(rows, ({ day }) => day)].map(([day, metrics]) => {
      const of = (name: string): number => Number(metrics.find((one) => one.metric_name === name)?.metric_value ?? 0);
      const volumes = metrics.filter((one) => one.metric_name === 'volume');
      return {
        tenantId,
        day,
        requests: of('requests'),
        payments: of('payments'),
        open: of('open'),
        volumeMinor: Object.fromEntries(
          volumes.map(({ currency, metric_value }) => [currency as Currency, BigInt(metric_value)]),
        ),
      };
    });
  }
}
