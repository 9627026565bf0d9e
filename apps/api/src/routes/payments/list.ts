import type { Currency } from '@ferry/kernel';
import { paymentJson, type Owner, type Payment, type PaymentQuery } from '@ferry/payments';
import type { HttpDeps } from '../../deps.js';
import { jsonText, type Answer } from '../../http/answer.js';
import { invalidRequest } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { cursorAfter, readCursor } from './cursor.js';
import { ListPaymentsQuery } from './dto.js';
import { timeOf } from './time.js';

const LIMIT_DEFAULT = 20;

/** `GET /api/v1/payments`, newest first. */
export async function listPayments(deps: HttpDeps, context: RequestContext, owner: Owner): Promise<Answer> {
  const asked = readQuery(ListPaymentsQuery, context.request.url);
  const filters = filtersOf(asked);
  const limit = Number(asked.limit ?? LIMIT_DEFAULT);
  const before = asked.cursor === undefined ? undefined : readCursor(asked.cursor, filters);
  // One more than asked tells whether there is a next page.
  const found = await deps.payments.list(owner, { ...filters, before, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return pageOf(page, asked, last && cursorAfter(last.id, filters));
}

function filtersOf(asked: ListPaymentsQuery): Omit<PaymentQuery, 'before' | 'limit'> {
  const createdFrom = asked.created_from === undefined ? undefined : timeOf(asked.created_from);
  const createdTo = asked.created_to === undefined ? undefined : timeOf(asked.created_to);
  if (createdFrom && createdTo && createdTo <= createdFrom)
    throw invalidRequest([{ field: 'created_to', rule: 'after', detail: 'must be later than created_from' }]);
  return {
    businessUnitId: asked.business_unit_id,
    status: asked.status,
    currency: asked.currency as Currency | undefined,
    reference: asked.reference,
    createdFrom,
    createdTo,
  };
}

function pageOf(page: readonly Payment[], asked: ListPaymentsQuery, cursor: string | undefined): Answer {
  const body = `{"data":[${page.map(({ state }) => paymentJson(state)).join(',')}],"next_cursor":${JSON.stringify(cursor ?? null)}}`;
  if (cursor === undefined) return jsonText(200, body);
  const next = new URLSearchParams(Object.entries(asked));
  next.set('cursor', cursor);
  return jsonText(200, body, { Link: `</api/v1/payments?${next.toString()}>; rel="next"` });
}
