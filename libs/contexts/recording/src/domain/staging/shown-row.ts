import { holdsCardNumber } from '@ferry/kernel';
import type { StagingRow } from '../../ports/staging-tables.js';

/** Metadata may be of any size; an operator looks at the beginning. */
const TEXT_MAX = 1_000;

/** A row as operators may see it and as it may be kept: bounded, and without what looks like the number of a card. */
export function shownRow(row: StagingRow): string {
  const text = (value: string | null): string | null => {
    if (value === null) return null;
    if (holdsCardNumber(value)) return '(looks like the number of a payment card)';
    return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX).toWellFormed()}...` : value;
  };
  return JSON.stringify({
    reference_number: text(row.referenceNumber),
    loan_account_number: text(row.loanAccountNumber),
    cif: text(row.cif),
    amount: row.amount,
    payment_date: row.shownMs === null ? null : shownTime(row.shownMs),
    payment_channel: text(row.paymentChannel),
    metadata: text(row.metadata),
  });
}

const shownTime = (shownMs: number): string =>
  Number.isNaN(new Date(shownMs).getTime()) ? String(shownMs) : new Date(shownMs).toISOString().slice(0, -1);
