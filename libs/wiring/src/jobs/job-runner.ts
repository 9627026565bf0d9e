import {
  errorFields,
  stopwatch,
  Unavailable,
  type Clock,
  type Logger,
  type Meter,
  type Stopwatch,
} from '@ferry/kernel';
import type { RunLeased } from '@ferry/recording';
import type { Job, JobPart } from './job.js';

/** How the parts of a run went. */
export interface JobReport {
  /** Parts that were run, each once, however often they had more. */
  readonly ran: number;
  /** Parts that somebody else runs, or has run on this occasion. */
  readonly elsewhere: number;
  readonly failed: readonly unknown[];
}

type PartResult = { readonly state: 'done' | 'elsewhere'; readonly more: boolean } | { readonly failed: unknown };

/** Runs jobs, each part of one in one process at a time, and tells how it went. */
export class JobRunner {
  constructor(
    private readonly leased: RunLeased,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly meter: Meter,
  ) {}

  /** Until no part has more. What goes wrong with one part leaves the others alone. Rejects when the parts cannot be told. */
  async run(job: Job, signal: AbortSignal, notSince?: Date): Promise<JobReport> {
    const ms = stopwatch();
    const report = { ran: 0, elsewhere: 0, failed: [] as unknown[] };
    let parts = await job.parts();
    for (let turn = 1; parts.length > 0 && !signal.aborted; turn += 1) {
      const again: JobPart[] = [];
      for (const part of parts) {
        const result = await this.runPart(job, part, signal, turn === 1 ? notSince : undefined);
        if ('failed' in result) report.failed.push(result.failed);
        else if (turn === 1) report[result.state === 'done' ? 'ran' : 'elsewhere'] += 1;
        if ('more' in result && result.more) again.push(part);
      }
      parts = again;
    }
    this.tell(job, report, ms);
    return report;
  }

  private async runPart(job: Job, part: JobPart, signal: AbortSignal, notSince: Date | undefined): Promise<PartResult> {
    if (signal.aborted) return { state: 'elsewhere', more: false };
    try {
      const lease = { tenantId: part.tenantId, job: part.name };
      const run = await this.leased.run(lease, (lost) => part.run(lost), { notSince, signal });
      this.meter.count('job_runs_total', { name: job.name, outcome: run.ran ? 'done' : 'elsewhere' });
      return { state: run.ran ? 'done' : 'elsewhere', more: run.ran && run.more };
    } catch (error) {
      this.meter.count('job_runs_total', { name: job.name, outcome: 'failed' });
      // That a service is away was said by its adapter; anything else is news.
      const level = error instanceof Unavailable ? 'debug' : 'error';
      this.logger[level]('a job failed', { job: part.name, tenant_id: part.tenantId, ...errorFields(error) });
      return { failed: error };
    }
  }

  private tell(job: Job, { ran, elsewhere, failed }: JobReport, ms: Stopwatch): void {
    this.meter.observe('job_seconds', ms() / 1000, { name: job.name });
    if (failed.length === 0 && (ran > 0 || elsewhere === 0))
      this.meter.gauge('job_last_success_seconds', this.clock.now().getTime() / 1000, { name: job.name });
  }
}
