import { recordedPaymentJson } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { json, jsonText, type Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';
import { idOf } from '../tenancy/shared.js';
import type { RecordingDeps } from './deps.js';
import { ofPrincipal } from './of-principal.js';

/** `GET /api/v1/recorded-payments/:id`. */
export async function readRecorded(deps: RecordingDeps, context: RequestContext, who: Principal): Promise<Answer> {
  const id = idOf(context);
  const [payment] = await ofPrincipal(deps.payments, who).find(who.tenantId, [id]);
  if (payment === undefined) throw new Problem('recorded-payment-not-found', `There is no recorded payment ${id}.`);
  return jsonText(200, recordedPaymentJson(payment));
}

/** `GET /api/v1/payments/stats`, in the words of the source design. */
export async function readStats(deps: RecordingDeps, { tenantId }: Principal): Promise<Answer> {
  const { staging, webhooks } = await deps.stats.read(tenantId);
  return json(200, {
    staging: {
      processed_today: staging.processed,
      pending_count: staging.waiting,
      average_batch_time_ms: staging.averageBatchMs,
    },
    webhooks: {
      received_today: webhooks.received,
      duplicate_rate: webhooks.duplicateRate,
      average_response_time_ms: webhooks.averageMs,
    },
  });
}
