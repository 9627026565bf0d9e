import { errorFields, sleep, type Clock, type NewId } from '@ferry/kernel';
import type { JobLeases, LeasedJob } from '../ports/job-leases.js';

export interface RunLeasedOptions {
  /** Name of this process among all. */
  readonly holder: string;
  /** How long a job stays with a process that was killed. */
  readonly leaseMs: number;
}

/** What a job says when it has done its share: whether there is more to do at once. */
export interface JobProgress {
  readonly more: boolean;
}

export type LeasedRun = { readonly ran: false } | ({ readonly ran: true } & JobProgress);

/** A lease is renewed so often in its time: two renewals may fail before it ends. */
const RENEWALS = 3;
/** As wide as the column. */
const ERROR_MAX = 500;

/** Runs a job in one process at a time. A process that loses its lease is told by the signal, and has to stop before it begins anything more. */
export class RunLeased {
  constructor(
    private readonly leases: JobLeases,
    private readonly clock: Clock,
    private readonly newId: NewId,
    private readonly options: RunLeasedOptions,
  ) {}

  /** Rejects as the job does, once that is noted. `notSince`: see `JobLeases.take`. */
  async run(
    job: LeasedJob,
    work: (signal: AbortSignal) => Promise<JobProgress>,
    { notSince, signal }: { readonly notSince?: Date | undefined; readonly signal: AbortSignal },
  ): Promise<LeasedRun> {
    // Of this run alone: an earlier one of this process that hangs must not take itself for the holder.
    const holder = `${this.options.holder}/${this.newId()}`;
    if (!(await this.leases.take(job, holder, this.clock.now(), this.until(), notSince))) return { ran: false };
    const ended = new AbortController();
    const lost = new AbortController();
    const renewing = this.keep(job, holder, ended.signal, lost);
    try {
      const { more } = await work(AbortSignal.any([signal, lost.signal]));
      await this.leases.finish(job, holder, this.clock.now(), 'done');
      return { ran: true, more };
    } catch (error) {
      const said = errorFields(error).error.slice(0, ERROR_MAX);
      // What went wrong is what the caller has to hear, whether or not it can be noted.
      await this.leases.finish(job, holder, this.clock.now(), 'failed', said).catch(() => {});
      throw error;
    } finally {
      ended.abort();
      await renewing;
    }
  }

  /** Never rejects: a renewal that fails is tried again while the lease still holds. */
  private async keep(job: LeasedJob, holder: string, ended: AbortSignal, lost: AbortController): Promise<void> {
    let until = this.until();
    while (!ended.aborted) {
      await sleep(this.options.leaseMs / RENEWALS, ended);
      if (ended.aborted) return;
      const next = this.until();
      const renewed = await this.leases.renew(job, holder, next).catch(() => undefined);
      if (renewed) until = next;
      else if (renewed === false || this.clock.now() >= until) return lost.abort();
    }
  }

  private until(): Date {
    return new Date(this.clock.now().getTime() + this.options.leaseMs);
  }
}
