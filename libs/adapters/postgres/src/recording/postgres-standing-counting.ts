import type { JobLeases, StagingSources, StagingStanding, StandingCounting } from '@ferry/recording';
import type { Database } from '../database.js';
import { countWaiting } from './count-waiting.js';

/** How the jobs are named that drain a table. */
const STAGING_JOBS = 'staging ';

/** Into each staging table the app looks as the tenant whose it is. */
export class PostgresStandingCounting implements StandingCounting {
  constructor(
    private readonly app: Database,
    private readonly sources: Pick<StagingSources, 'list'>,
    private readonly leases: Pick<JobLeases, 'list'>,
  ) {}

  async count(now: Date, countMax: number): Promise<StagingStanding> {
    let waiting = 0;
    for (const { tenantId, table, enabled } of await this.sources.list())
      if (enabled)
        waiting += await this.app.tenant(tenantId, (session) => countWaiting(session, table, countMax - waiting));
    return { waiting, lastRunAt: await this.lastRunAt(), countedAt: now };
  }

  private async lastRunAt(): Promise<Date | undefined> {
    const runs = (await this.leases.list()).flatMap(({ job, lastFinishedAt }) =>
      job.startsWith(STAGING_JOBS) && lastFinishedAt ? [lastFinishedAt.getTime()] : [],
    );
    return runs.length > 0 ? new Date(Math.max(...runs)) : undefined;
  }
}
