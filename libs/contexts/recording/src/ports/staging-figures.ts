import type { TenantId } from '../domain/recorded-payment.js';
import type { Day } from '../domain/webhook-tally.js';

/** What a tenant's staging did on a UTC day, by the batches that ended on it, and what it has still to do. */
export interface StagingDay {
  readonly processed: number;
  /** 0 when no batch ended. */
  readonly averageBatchMs: number;
  /** Rows that wait now, whatever the day; at the bound it means "at least". */
  readonly waiting: number;
}

/** How staging stands over all tenants. */
export interface StagingStanding {
  /** At the bound it means "at least". */
  readonly waiting: number;
  /** When the last batch of any tenant ended. */
  readonly lastRunAt?: Date | undefined;
  readonly countedAt: Date;
}

/** Figures of staging for those who ask how it does. Whoever counts rows counts to a bound. */
export interface StagingFigures {
  ofDay(tenantId: TenantId, day: Day, countMax: number): Promise<StagingDay>;
  /** Looks at every tenant: for a worker, now and then. */
  count(now: Date, countMax: number): Promise<StagingStanding>;
  /** Lets every process know what one has counted. */
  keep(standing: StagingStanding): Promise<void>;
  /** Undefined when nobody has counted yet. */
  kept(): Promise<StagingStanding | undefined>;
}
