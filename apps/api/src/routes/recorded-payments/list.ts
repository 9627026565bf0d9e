import { recordedPaymentJson, type RecordedPayment } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { jsonText, type Answer } from '../../http/answer.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { cursorAfter, readCursor } from './cursor.js';
import type { RecordingDeps } from './deps.js';
import { ListRecordedPaymentsQuery } from './dto.js';
import { filtersOf } from './filters.js';
import { ofPrincipal } from './of-principal.js';

const LIMIT_DEFAULT = 20;

/** `GET /api/v1/recorded-payments`, latest payment date first. */
export async function listRecorded(deps: RecordingDeps, context: RequestContext, who: Principal): Promise<Answer> {
  const asked = readQuery(ListRecordedPaymentsQuery, context.request.url);
  const filters = filtersOf(asked);
  const limit = Number(asked.limit ?? LIMIT_DEFAULT);
  const after = asked.cursor === undefined ? undefined : readCursor(asked.cursor, filters);
  // One more than asked tells whether there is a next page.
  const found = await ofPrincipal(deps.payments, who).list(who.tenantId, { ...filters, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return pageOf(page, asked, last && cursorAfter(last, filters));
}

function pageOf(
  page: readonly RecordedPayment[],
  asked: ListRecordedPaymentsQuery,
  cursor: string | undefined,
): Answer {
  const body = `{"data":[${page.map(recordedPaymentJson).join(',')}],"next_cursor":${JSON.stringify(cursor ?? null)}}`;
  if (cursor === undefined) return jsonText(200, body);
  const next = new URLSearchParams(Object.entries(asked));
  next.set('cursor', cursor);
  return jsonText(200, body, { Link: `</api/v1/recorded-payments?${next.toString()}>; rel="next"` });
}
