import type { StagingStanding } from './standing-board.js';

/** For a worker, which looks at every tenant. */
export interface StandingCounting {
  /** Rows that wait in the enabled sources of all tenants, counted to a bound. */
  count(now: Date, countMax: number): Promise<StagingStanding>;
}
