import { isUuid } from '@ferry/kernel';
import type { Owner, PaymentId } from '@ferry/payments';
import type { HttpDeps } from '../../deps.js';
import { json, jsonText, type Answer } from '../../http/answer.js';
import { invalidRequest, Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { renderPayment } from './create.js';
import { ReadPaymentQuery } from './dto.js';

/** The `:id` of the path; throws `invalid-request` if it cannot be an id. */
export function paymentIdOf(context: RequestContext): PaymentId {
  const id = context.param('id');
  if (!isUuid(id)) throw invalidRequest([{ field: 'id', rule: 'uuid', detail: 'must be a UUID in lower case' }]);
  return id;
}

export const notFound = (id: PaymentId): Problem => new Problem('payment-not-found', `There is no payment ${id}.`);

/** `GET /api/v1/payments/:id`, at once or when the payment has ended. */
export async function readPayment(deps: HttpDeps, context: RequestContext, owner: Owner): Promise<Answer> {
  const { wait = '0' } = readQuery(ReadPaymentQuery, context.request.url);
  const id = paymentIdOf(context);
  const payment =
    wait === '0'
      ? await deps.readPayment(owner, id)
      : await context.whileWanted((signal) => deps.watchPayments.untilEnded(owner, id, Number(wait) * 1000, signal));
  if (payment === undefined) throw notFound(id);
  return jsonText(200, renderPayment(payment));
}

/** `GET /api/v1/payments/:id/history`. */
export async function readHistory(deps: HttpDeps, context: RequestContext, owner: Owner): Promise<Answer> {
  const id = paymentIdOf(context);
  const entries = await deps.payments.history(owner, id);
  if (entries.length === 0) throw notFound(id);
  const data = entries.map(({ version, from = null, to, reason, at, eventId }) => ({
    version,
    from,
    to,
    reason,
    at,
    event_id: eventId,
  }));
  return json(200, { data });
}
