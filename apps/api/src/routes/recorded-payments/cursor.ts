import { isUuid } from '@ferry/kernel';
import type { RecordedFilters, RecordedPayment, RecordedPaymentQuery } from '@ferry/recording';
import { readCursor as readPlace, writeCursor, wrongCursor } from '../../http/cursor.js';

/** Raised when the form or the order of pages changes: older cursors are then refused instead of misread. */
const VERSION = 'r1';

const listed = (filters: RecordedFilters): readonly unknown[] => [
  filters.referenceNumber,
  filters.loanAccountNumber,
  filters.cif,
  filters.paymentChannel,
  filters.source,
  filters.businessUnitId,
  filters.from,
  filters.to,
];

/** Continues this query after `last`: by date and id, which together are unique. */
export const cursorAfter = ({ paymentDate, id }: RecordedPayment, filters: RecordedFilters): string =>
  writeCursor(VERSION, [String(paymentDate.getTime()), id], listed(filters));

/** Where the page begins. Throws `invalid-cursor` for anything that `cursorAfter` did not make for these filters. */
export function readCursor(cursor: string, filters: RecordedFilters): NonNullable<RecordedPaymentQuery['after']> {
  const [ms = '', id = '', ...rest] = readPlace(cursor, VERSION, listed(filters));
  const paymentDate = new Date(/^-?\d{1,16}$/.test(ms) ? Number(ms) : Number.NaN);
  if (Number.isNaN(paymentDate.getTime()) || !isUuid(id) || rest.length > 0) throw wrongCursor();
  return { paymentDate, id };
}
