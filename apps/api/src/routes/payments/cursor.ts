import { isUuid } from '@ferry/kernel';
import type { PaymentId, PaymentQuery } from '@ferry/payments';
import { readCursor as readPlace, writeCursor, wrongCursor } from '../../http/cursor.js';

type Filters = Omit<PaymentQuery, 'before' | 'limit'>;

/** Raised when the form or the order of pages changes: older cursors are then refused instead of misread. */
const VERSION = '1';

const listed = ({
  businessUnitId,
  status,
  currency,
  reference,
  createdFrom,
  createdTo,
}: Filters): readonly unknown[] => [status, currency, reference, createdFrom, createdTo, businessUnitId];

/** Continues this query after the payment `last`. */
export const cursorAfter = (last: PaymentId, filters: Filters): string => writeCursor(VERSION, [last], listed(filters));

/** The id after which the page begins. Throws `invalid-cursor` for anything that `cursorAfter` did not make for these filters. */
export function readCursor(cursor: string, filters: Filters): PaymentId {
  const [id = '', ...rest] = readPlace(cursor, VERSION, listed(filters));
  if (!isUuid(id) || rest.length > 0) throw wrongCursor();
  return id;
}
