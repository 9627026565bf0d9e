import { GENERIC, type Delivery, type ReceivedPayment, type Receipt } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { addressOf } from '../../access/address.js';
import { assertMay } from '../../access/authorise.js';
import { assertWithin, tooMany } from '../../access/rates.js';
import type { HttpDeps } from '../../deps.js';
import { json, type Answer } from '../../http/answer.js';
import { refuseCardNumbersInBytes } from '../../http/body.js';
import { invalidRequest, Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { receivedJson } from './answers.js';
import { WebhookQuery } from './dto.js';
import { rejected, unreadable } from './faults.js';

/** Which of them a channel expects is told only to whoever has proven a body to be its own. */
const bodyTypes = /^application\/(?:(?:[a-z0-9.+-]+\+)?json|x-www-form-urlencoded)\s*(?:;|$)/i;
const SCOPE = 'recorded-payments:write';

/** `POST /api/v1/payments/webhook` and `POST /api/v1/payments/webhook/:channel`. */
export async function receiveWebhook(deps: HttpDeps, context: RequestContext, channel = GENERIC): Promise<Answer> {
  const { request } = context;
  const named = tenantNamed(context);
  const principal = await callerOf(deps, context, named);
  const body = await context.readBytes(bodyTypes);
  if (channel === GENERIC) refuseCardNumbersInBytes(body);
  const delivery: Delivery = {
    tenantId: principal?.tenantId ?? named ?? '',
    channel,
    caller: principal && { businessUnitId: principal.businessUnitId },
    contentType: request.headers['content-type'] ?? '',
    header: (name) => request.headers[name]?.toString(),
    body,
    address: addressOf(request) ?? '',
    origin: context.origin,
  };
  const receipt = await deps.webhooks.receiveWebhook.execute(delivery);
  if (receipt.outcome !== 'refused') context.provenTenantId = delivery.tenantId;
  return answerTo(receipt, deps, context, delivery);
}

/** In the URL where a sender cannot set headers. */
function tenantNamed(context: RequestContext): string | undefined {
  const { tenant } = readQuery(WebhookQuery, context.request.url);
  return context.request.headers['x-tenant-id']?.toString() ?? tenant;
}

/** Whoever brings a key, or names no tenant, is asked for what everybody is asked for. Undefined: the signature has to prove it. */
async function callerOf(
  deps: HttpDeps,
  context: RequestContext,
  named: string | undefined,
): Promise<Principal | undefined> {
  if (context.request.headers.authorization === undefined && named !== undefined) return undefined;
  const principal = await deps.principalOf(context.request);
  context.principal = principal;
  assertMay(principal, SCOPE);
  context.standings = (await deps.admit?.(principal, undefined)) ?? [];
  assertWithin(context.standings);
  if (named !== undefined && named !== principal.tenantId)
    throw invalidRequest([{ field: 'X-Tenant-Id', rule: 'other-tenant', detail: 'must be the tenant of the key' }]);
  return principal;
}

function answerTo(receipt: Receipt, deps: HttpDeps, { request }: RequestContext, delivery: Delivery): Answer {
  switch (receipt.outcome) {
    case 'received':
      return received(receipt);
    case 'rejected':
      throw rejected(receipt.faults);
    case 'unreadable':
      throw unreadable(receipt.why);
    case 'suspended':
      throw new Problem('tenant-suspended', 'The tenant is suspended: nothing is recorded for it.');
    case 'limited':
      throw tooMany(`The limit of the channel "${delivery.channel}" is used up.`, receipt.resetsInMs);
    case 'refused':
      // To whoever has proven whose channels they ask for, there is nothing to hide.
      if (delivery.caller && receipt.refusal.startsWith('unknown-'))
        throw new Problem('channel-not-found', 'The tenant has declared no such channel.');
      throw deps.notLetIn(request, `webhook: ${receipt.refusal}`, delivery.caller && delivery.tenantId);
  }
}

function received({ isList, payments }: Extract<Receipt, { outcome: 'received' }>): Answer {
  if (isList) return json(200, { payments: payments.map(receivedJson) });
  const [only] = payments as readonly [ReceivedPayment];
  if (only.status === 'rejected') throw rejected(only.faults);
  const { status, paymentId } = only;
  if (paymentId === undefined)
    throw new Problem('duplicate-reference', 'Another payment of the tenant has this reference number.');
  const Location = `/api/v1/recorded-payments/${paymentId}`;
  return json(status === 'created' ? 201 : 200, { status, payment_id: paymentId }, { Location });
}
