import type { JobLeases, JobOutcome, JobRecord, LeasedJob } from '@ferry/recording';
import type { Database } from '../database.js';

interface LeaseRow {
  readonly tenant_id: string;
  readonly job: string;
  readonly holder: string;
  readonly leased_until: Date;
  readonly last_started_at: Date;
  readonly last_finished_at: Date | null;
  readonly last_outcome: JobOutcome | null;
  readonly last_error: string | null;
  readonly last_succeeded_at: Date | null;
}

/** Leases in rows: a lock of a session would not hold through a bouncer, and tells nobody how the last run went. */
export class PostgresJobLeases implements JobLeases {
  constructor(
    private readonly app: Database,
    private readonly sweeper: Database,
  ) {}

  async take({ tenantId, job }: LeasedJob, holder: string, now: Date, until: Date, notSince?: Date): Promise<boolean> {
    return this.app.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        name: 'job-take',
        text: `insert into recording.job_leases as l (tenant_id, job, holder, leased_until, last_started_at) values ($1, $2, $3, $5, $4)
          on conflict (tenant_id, job) do update
            set holder = excluded.holder, leased_until = excluded.leased_until, last_started_at = excluded.last_started_at
            where l.leased_until <= $4 and ($6::timestamptz is null or l.last_started_at < $6)`,
        values: [tenantId, job, holder, now.toISOString(), until.toISOString(), notSince?.toISOString()],
      });
      return rowCount === 1;
    });
  }

  async renew({ tenantId, job }: LeasedJob, holder: string, until: Date): Promise<boolean> {
    return this.app.tenant(tenantId, async (session) => {
      const { rowCount } = await session.query({
        name: 'job-renew',
        text: 'update recording.job_leases set leased_until = $4 where tenant_id = $1 and job = $2 and holder = $3',
        values: [tenantId, job, holder, until.toISOString()],
      });
      return rowCount === 1;
    });
  }

  async finish(
    { tenantId, job }: LeasedJob,
    holder: string,
    now: Date,
    outcome: JobOutcome,
    error?: string,
  ): Promise<void> {
    await this.app.tenant(tenantId, async (session) => {
      session.send({
        name: 'job-finish',
        text: `update recording.job_leases set leased_until = $4, last_finished_at = $4, last_outcome = $5::varchar, last_error = $6,
            last_succeeded_at = case when $5::varchar = 'done' then $4 else last_succeeded_at end
          where tenant_id = $1 and job = $2 and holder = $3`,
        values: [tenantId, job, holder, now.toISOString(), outcome, error],
      });
    });
  }

  async list(): Promise<readonly JobRecord[]> {
    const rows = await this.sweeper.transaction((session) =>
      session.rows<LeaseRow>({
        text: `select tenant_id, job, holder, leased_until, last_started_at, last_finished_at, last_outcome, last_error, last_succeeded_at
          from recording.job_leases order by tenant_id, job`,
      }),
    );
    return rows.map(recordOf);
  }
}

const recordOf = (row: LeaseRow): JobRecord => ({
  tenantId: row.tenant_id,
  job: row.job,
  holder: row.holder,
  leasedUntil: row.leased_until,
  lastStartedAt: row.last_started_at,
  lastFinishedAt: row.last_finished_at ?? undefined,
  lastOutcome: row.last_outcome ?? undefined,
  lastError: row.last_error ?? undefined,
  lastSucceededAt: row.last_succeeded_at ?? undefined,
});
