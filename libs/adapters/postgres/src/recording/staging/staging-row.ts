import type { DueRow, StagingRow } from '@ferry/recording';

export interface StagingTableRow {
  readonly id: string;
  readonly xmin: string;
  readonly reference_number: string | null;
  readonly loan_account_number: string | null;
  readonly cif: string | null;
  readonly amount: string | null;
  readonly shown: string | null;
  readonly payment_channel: string | null;
  readonly metadata: string | null;
}

/** Of `t`. As texts: what a row holds is for our rules to judge, and no setting of the server changes how it is written. */
export const stagingColumns =
  't.id, t.xmin::text, t.reference_number, t.loan_account_number, t.cif, t.amount::text, ' +
  'extract(epoch from t.payment_date)::text as shown, t.payment_channel, t.metadata::text';

export const stagingRowOf = (row: StagingTableRow, attempts: number): StagingRow => ({
  id: BigInt(row.id),
  xmin: row.xmin,
  referenceNumber: row.reference_number,
  loanAccountNumber: row.loan_account_number,
  cif: row.cif,
  amount: row.amount,
  shownMs: row.shown === null ? null : Math.floor(Number(row.shown) * 1_000),
  paymentChannel: row.payment_channel,
  metadata: row.metadata,
  attempts,
});

export interface DueTableRow extends StagingTableRow {
  readonly row_id: string;
  readonly attempts: number;
  readonly gone: boolean;
}

export const dueRowOf = (row: DueTableRow): DueRow =>
  row.gone ? { id: BigInt(row.row_id), attempts: row.attempts, gone: true } : stagingRowOf(row, row.attempts);
