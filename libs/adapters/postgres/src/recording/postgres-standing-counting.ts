import type { StagingStanding, StandingCounting } from '@ferry/recording';
import type { Database } from '../database.js';
import { countWaiting } from './count-waiting.js';

/** The sweeper lists the sources of all tenants; into each the app looks, as the tenant whose it is. */
export class PostgresStandingCounting implements StandingCounting {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async count(now: Date, countMax: number): Promise<StagingStanding> {
    const { sources, lastRunAt } = await this.everywhere();
    let waiting = 0;
    for (const { tenant_id: tenantId, table_name: table } of sources)
      waiting += await this.app.tenant(tenantId, (session) => countWaiting(session, table, countMax - waiting));
    return { waiting, lastRunAt, countedAt: now };
  }

  private everywhere() {
    return this.sweeper.transaction(async (session) => {
      const sources = await session.rows<{ tenant_id: string; table_name: string }>({
        text: 'select tenant_id, table_name from recording.staging_sources where enabled order by tenant_id, table_name',
      });
      const [run] = await session.rows<{ last: Date | null }>({
        text: `select max(last_finished_at) as last from recording.job_leases where job like 'staging %'`,
      });
      return { sources, lastRunAt: run?.last ?? undefined };
    });
  }
}
