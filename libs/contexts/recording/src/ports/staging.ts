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
  /** As the database prints it, without a zone: `2026-11-21 09:00:00`; `infinity` too. */
  readonly paymentDate: string | null;
  readonly paymentChannel: string | null;
  /** JSON text. */
  readonly metadata: string | null;
  /** How often it was tried before and found bad. */
  readonly attempts: number;
}

/** What became of a row. */
export type StagingVerdict =
  | { readonly row: StagingRow; readonly verdict: 'record'; readonly recording: Recording }
  /** The reference number stands in another row of this batch, or is known to be recorded: still for the database to confirm. */
  | { readonly row: StagingRow; readonly verdict: 'duplicate'; readonly paymentId: RecordedPaymentId }
  /** It cannot be recorded as it is. `nextAttemptAt` is absent when it is given up. */
  | {
      readonly row: StagingRow;
      readonly verdict: 'bad';
      readonly reason: string;
      readonly nextAttemptAt?: Date | undefined;
    };

export interface BatchResult {
  readonly processed: number;
  readonly duplicates: number;
  readonly errors: number;
  /** Rows that somebody else took or changed in between: they were left alone. */
  readonly left: number;
}
