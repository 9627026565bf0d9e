import type { TenantId } from '../domain/recorded-payment.js';

/** Jobs that are for no tenant in particular keep their lease under this name, which no tenant can have. */
export const SYSTEM_TENANT = '~';

/** One job, or one part of a job that has a leader of its own. */
export interface LeasedJob {
  readonly tenantId: TenantId;
  /** E.g. `staging public.payment_staging`. */
  readonly job: string;
}

export type JobOutcome = 'done' | 'failed';

/** How a job stands, for operators. */
export interface JobRecord extends LeasedJob {
  readonly holder: string;
  readonly leasedUntil: Date;
  readonly lastStartedAt: Date;
  /** Of the last run that ended. */
  readonly lastFinishedAt?: Date | undefined;
  readonly lastOutcome?: JobOutcome | undefined;
  readonly lastError?: string | undefined;
  readonly lastSucceededAt?: Date | undefined;
}

/** Who runs a job now: at most one holder at a time, as far as their clocks agree. Rejects with `Unavailable` when the store is away. */
export interface JobLeases {
  /**
   * True: the job is the holder's until then. False while another one has it, or when it was started at `notSince` or later by anybody: then
   * this occasion is taken care of.
   */
  take(job: LeasedJob, holder: string, now: Date, until: Date, notSince?: Date): Promise<boolean>;
  /** False: somebody else has it by now, and the holder must stop. */
  renew(job: LeasedJob, holder: string, until: Date): Promise<boolean>;
  /** Gives the job back and notes how it went; does nothing when somebody else has it. */
  finish(job: LeasedJob, holder: string, now: Date, outcome: JobOutcome, error?: string): Promise<void>;
  /** Of all tenants, by tenant and job. */
  list(): Promise<readonly JobRecord[]>;
}
