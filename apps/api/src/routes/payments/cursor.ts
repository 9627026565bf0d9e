import { hash } from 'node:crypto';
import { isUuid } from '@ferry/kernel';
import type { PaymentId, PaymentQuery } from '@ferry/payments';
import { Problem } from '../../http/problem.js';

type Filters = Omit<PaymentQuery, 'before' | 'limit'>;

/** Raised when the form or the order of pages changes: older cursors are then refused instead of misread. */
const VERSION = '1';

/** 96 bits: only mistakes are to be found, because a forged cursor shows nothing that its tenant may not see. */
const DIGEST_LENGTH = 24;

const digestOf = ({ businessUnitId, status, currency, reference, createdFrom, createdTo }: Filters): string =>
  hash('sha256', JSON.stringify([status, currency, reference, createdFrom, createdTo, businessUnitId]), 'hex').slice(
    0,
    DIGEST_LENGTH,
  );

/** Continues this query after the payment `last`. Opaque to clients: base64url of version, id and digest of the filters. */
export const cursorAfter = (last: PaymentId, filters: Filters): string =>
  Buffer.from(`${VERSION}.${last}.${digestOf(filters)}`).toString('base64url');

/** The id after which the page begins. Throws `invalid-cursor` for anything that `cursorAfter` did not make for these filters. */
export function readCursor(cursor: string, filters: Filters): PaymentId {
  const [version, id = '', digest, ...rest] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  if (version !== VERSION || !isUuid(id) || digest !== digestOf(filters) || rest.length > 0)
    throw new Problem('invalid-cursor', 'The cursor was not made for this query.');
  return id;
}
