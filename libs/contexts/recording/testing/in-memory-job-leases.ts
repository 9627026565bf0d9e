import type { JobLeases, JobOutcome, JobRecord, LeasedJob } from '../src/ports/job-leases.js';

/** JobLeases as PostgreSQL keeps them, within one process. */
export class InMemoryJobLeases implements JobLeases {
  private readonly rows = new Map<string, JobRecord>();

  async take(job: LeasedJob, holder: string, now: Date, until: Date, notSince?: Date): Promise<boolean> {
    const row = this.rows.get(keyOf(job));
    if (row && (row.leasedUntil > now || (notSince && row.lastStartedAt >= notSince))) return false;
    this.rows.set(keyOf(job), { ...row, ...job, holder, leasedUntil: until, lastStartedAt: now });
    return true;
  }

  async renew(job: LeasedJob, holder: string, until: Date): Promise<boolean> {
    return this.change(job, holder, { leasedUntil: until });
  }

  async finish(job: LeasedJob, holder: string, now: Date, outcome: JobOutcome, error?: string): Promise<void> {
    const ended = { leasedUntil: now, lastFinishedAt: now, lastOutcome: outcome, lastError: error };
    this.change(job, holder, outcome === 'done' ? { ...ended, lastSucceededAt: now } : ended);
  }

  async list(): Promise<readonly JobRecord[]> {
    return [...this.rows.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  private change(job: LeasedJob, holder: string, change: Partial<JobRecord>): boolean {
    const row = this.rows.get(keyOf(job));
    if (row?.holder !== holder) return false;
    this.rows.set(keyOf(job), { ...row, ...change });
    return true;
  }
}

const keyOf = ({ tenantId, job }: LeasedJob): string => `${tenantId}\n${job}`;
