import { isJsonObject } from '@ferry/kernel';
import type { Owner } from '@ferry/payments';
import type { HttpDeps } from '../../deps.js';
import { jsonText, type Answer } from '../../http/answer.js';
import { check, pointerTo } from '../../http/check.js';
import { invalidRequest, Problem, type FieldFault } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';
import { renderPayment } from './create.js';
import { CancelPaymentBody } from './dto.js';
import { notFound, paymentIdOf } from './read.js';

/** `POST /api/v1/payments/:id/cancel`. */
export async function cancelPayment(deps: HttpDeps, context: RequestContext, owner: Owner): Promise<Answer> {
  const id = paymentIdOf(context);
  if (context.hasBody) refuseContent(await context.readJson());
  const result = await deps.cancelPayment.execute(owner, id);
  if (result.outcome === 'missing') throw notFound(id);
  if (result.outcome === 'cancelled') return jsonText(200, renderPayment(result.payment));
  const { status } = result.payment.state;
  throw new Problem('payment-not-cancellable', `The payment is ${status}.`, {
    members: { payment_id: id, payment_status: status },
  });
}

/** Clients whose library insists on a body send `{}`. */
function refuseContent(body: unknown): void {
  const faults: readonly FieldFault[] = isJsonObject(body)
    ? check(CancelPaymentBody, body, pointerTo)
    : [{ field: 'body', rule: 'object', detail: 'must be empty or an empty JSON object', pointer: '#' }];
  if (faults.length > 0) throw invalidRequest(faults);
}
