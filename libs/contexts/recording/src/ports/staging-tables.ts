import type { Uuid } from '@ferry/kernel';
import type { RecordedPaymentId, Recording, TenantId } from '../domain/recorded-payment.js';

/** A table that an ETL fills, with the columns of `public.payment_staging`, and what Ferry has to know to read it. */
export interface StagingSource {
  readonly tenantId: TenantId;
  /** E.g. `public.payment_staging`. */
  readonly table: string;
  readonly businessUnitId: string;
  /** Of rows whose metadata names none. */
  readonly currency: string;
  /** Of `payment_date`, which has none of its own. */
  readonly timeZone: string;
}

/** A row as it stands in the table; nothing of it is to be trusted. */
export interface StagingRow {
  readonly id: bigint;
  /** Tells whether somebody changed the row since it was read. */
  readonly xmin: string;
  readonly referenceNumber: string | null;
  readonly loanAccountNumber: string | null;
  readonly cif: string | null;
  /** Digits as the database prints them; `NaN` too. */
  readonly amount: string | null;
  /** What a clock on the wall shows, in ms as if it were UTC; `Infinity` too. */
  readonly shownMs: number | null;
  readonly paymentChannel: string | null;
  /** JSON text. */
  readonly metadata: string | null;
  /** How often it was tried before and found bad. */
  readonly attempts: number;
}

/** A row that was found bad, and is gone from the table since. */
export type DueRow = StagingRow | { readonly id: bigint; readonly attempts: number; readonly gone: true };

export interface BadRow {
  readonly id: bigint;
  /** This one included. */
  readonly attempts: number;
  readonly reason: string;
  /** Absent: given up. */
  readonly nextAttemptAt?: Date | undefined;
  /** JSON text of the row for operators, without what must not be kept. */
  readonly shown: string;
}

/** What has been decided of some rows, to be done as one. */
export interface StagingBatch {
  readonly id: Uuid;
  /** Rows that were found bad before. */
  readonly retry: boolean;
  /** When its rows were read. */
  readonly startedAt: Date;
  /** When its recordings were made. */
  readonly decidedAt: Date;
  /** All of them, by id. */
  readonly rows: readonly DueRow[];
  /** Each with a reference number that no other one of the batch has. */
  readonly recordings: readonly Recording[];
  /** How many rows tell of what another row of the batch tells, or of what is recorded already. */
  readonly duplicates: number;
  readonly bad: readonly BadRow[];
}

export type BatchOutcome =
  /** Rows that somebody else holds, took or changed in between. Nothing was done. */
  | { readonly lost: readonly bigint[] }
  /** All was done. Holders of the reference numbers of recordings that turned out to be duplicates, by the recordings' ids. */
  | { readonly duplicates: ReadonlyMap<RecordedPaymentId, RecordedPaymentId> };

/** Rows that wait in staging tables. Throws `Unavailable` when the store is away. */
export interface StagingTables {
  /** Rows behind this id that wait, in the order of ids. Locks nothing. */
  peek(source: StagingSource, after: bigint, limit: number): Promise<readonly StagingRow[]>;
  /** Rows whose next attempt is due, as they stand in the table now. */
  due(source: StagingSource, now: Date, limit: number): Promise<readonly DueRow[]>;
  /** One transaction: everything, or nothing. Throws `RowsRefused` when it is the rows that cannot be stored. */
  record(source: StagingSource, batch: StagingBatch): Promise<BatchOutcome>;
  /** Notes that a batch could not be done. */
  fail(source: StagingSource, batch: StagingBatch, now: Date, error: string): Promise<void>;
  /** Rows that wait, counted to `max`. */
  waiting(source: StagingSource, max: number): Promise<number>;
}
