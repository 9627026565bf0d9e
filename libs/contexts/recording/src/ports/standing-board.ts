/** How staging stands over all tenants. */
export interface StagingStanding {
  /** Counted to a bound; at it, it means "at least". */
  readonly waiting: number;
  /** When the last batch of any tenant ended. */
  readonly lastRunAt?: Date | undefined;
  readonly countedAt: Date;
}

/** Where one process lets all others know what it has counted. */
export interface StandingBoard {
  post(standing: StagingStanding): Promise<void>;
  /** What was posted last; undefined when nothing was. */
  read(): Promise<StagingStanding | undefined>;
}
