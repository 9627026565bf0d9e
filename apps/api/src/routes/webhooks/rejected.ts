import { isUuid } from '@ferry/kernel';
import type { RejectedWebhook } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { NoBody } from '../tenancy/dto.js';
import { idOf, occasionOf, PAGE, readBody } from '../tenancy/shared.js';
import { receivedJson, rejectedJson } from './answers.js';
import type { WebhookDeps } from './deps.js';
import { RejectedWebhooksQuery } from './dto.js';
import { rejected } from './faults.js';

const missing = (): Problem => new Problem('rejected-webhook-not-found', 'The tenant has no such rejected webhook.');

/** `GET /api/v1/rejected-webhooks`, newest first, without bodies. */
export async function listRejected(deps: WebhookDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { limit = PAGE, channel, cursor } = readQuery(RejectedWebhooksQuery, context.request.url);
  if (cursor !== undefined && !isUuid(cursor))
    throw new Problem('invalid-cursor', 'The cursor was not made for this query.');
  const { tenantId, businessUnitId } = principal;
  const query = { channel, businessUnitId, before: cursor, limit: Number(limit) + 1 };
  const found = await deps.rejected.list(tenantId, query);
  const page = found.slice(0, Number(limit));
  return json(200, { data: page.map(rejectedJson), next_cursor: found.length > page.length ? page.at(-1)?.id : null });
}

/** `GET /api/v1/rejected-webhooks/:id`, with its body. */
export async function readRejected(deps: WebhookDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const webhook = await deps.rejected.find(principal.tenantId, idOf(context));
  if (!webhook || !isOf(webhook, principal)) throw missing();
  return json(200, { webhook: rejectedJson(webhook), body: webhook.body });
}

const isOf = (webhook: RejectedWebhook, { businessUnitId }: Principal): boolean =>
  businessUnitId === undefined || webhook.businessUnitId === businessUnitId;

/** `POST /api/v1/rejected-webhooks/:id/replay`. */
export async function replayRejected(
  deps: WebhookDeps,
  context: RequestContext,
  principal: Principal,
): Promise<Answer> {
  const { tenantId, businessUnitId } = principal;
  const occasion = occasionOf(context, principal);
  await readBody(NoBody, context);
  const result = await deps.replayRejected.execute(tenantId, idOf(context), occasion, context.origin, businessUnitId);
  switch (result.outcome) {
    case 'recorded':
      return json(200, { payments: result.payments.map(receivedJson) });
    case 'rejected':
      throw rejected(result.faults);
    case 'missing':
      throw missing();
    case 'withheld':
      throw new Problem('webhook-withheld', 'The body was not kept, because it held what must not be.');
    case 'no-channel':
      throw new Problem('channel-not-found', 'The channel by which it came was removed.');
  }
}
