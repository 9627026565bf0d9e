import type { TenantId } from '../domain/recorded-payment.js';
import type { Day } from '../domain/webhook-tally.js';

/** What a tenant's staging did on a UTC day, by the batches that ended on it, and what it has still to do. */
export interface StagingDay {
  /** Rows of which a payment was recorded. */
  readonly processed: number;
  /** 0 when no batch ended. */
  readonly averageBatchMs: number;
  /** Rows that wait now, whatever the day; at the bound it means "at least". */
  readonly waiting: number;
}

/** Figures of staging for those who ask how it does. Rows are counted to a bound. */
export interface StagingFigures {
  ofDay(tenantId: TenantId, day: Day, countMax: number): Promise<StagingDay>;
}
