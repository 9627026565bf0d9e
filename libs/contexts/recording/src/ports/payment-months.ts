import type { Month } from '../domain/month.js';

export interface KeptMonth {
  readonly month: Month;
  /** As the store last estimated it. */
  readonly rows: number;
  readonly bytes: number;
  /** Not dropped before, whatever its age. */
  readonly keptUntil?: Date | undefined;
}

export interface DropCondition {
  readonly now: Date;
  readonly retentionMonths: number;
  /** The month holds exactly so many; not asked for when absent. */
  readonly rows?: number | undefined;
}

/** `kept`: its time is not over, or somebody wants it kept; `changed`: it holds another number of payments. Then nothing was done. */
export type DropOutcome = 'dropped' | 'absent' | 'kept' | 'changed';

/**
 * The months that recorded payments are kept in. May be called by many at once, while payments are recorded; rejects when payments are in
 * use for so long that it would be felt, and may then be called again.
 */
export interface PaymentMonths {
  /** Those that are there, oldest first. */
  list(): Promise<readonly KeptMonth[]>;
  /** Payments whose month is not there. They are found like all others, but their month cannot be dropped. */
  countStrays(): Promise<number>;
  /** The months of these, latest first. */
  strayMonths(limit: number): Promise<readonly Month[]>;
  /** Makes a month and moves its strays into it; false when it is there. Either way it is kept until then, if not longer. */
  make(month: Month, keptUntil?: Date): Promise<boolean>;
  drop(month: Month, condition: DropCondition): Promise<DropOutcome>;
}
