import type { Origin } from '@ferry/kernel';
import {
  paymentJson,
  type Breach,
  type CreateOutcome,
  type Payment,
  type PaymentInstruction,
  type TenantId,
} from '@ferry/payments';
import type { HttpDeps } from '../../deps.js';
import { jsonText, type Answer } from '../../http/answer.js';
import { check, pointerTo } from '../../http/check.js';
import { isJsonObject } from '../../http/json.js';
import { fieldsOf, invalidRequest, Problem, type FieldFault } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';
import { CreatePaymentBody } from './dto.js';
import { fingerprintOf } from './fingerprint.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { readMetadata } from './metadata.js';
import { readMoney } from './money.js';

export const paymentPath = (id: string): string => `/api/v1/payments/${id}`;

/** A payment as every route shows it: a replay must give the same bytes as the first answer. */
export const renderPayment = ({ state }: Payment): string => paymentJson(state);

type Asked = Omit<PaymentInstruction, 'tenantId' | 'origin'>;

/** What the body asks for, defaults filled in. Throws `invalid-request` with every bad field. */
export function readInstruction(body: unknown, rails: readonly string[]): Asked {
  if (!isJsonObject(body))
    throw invalidRequest([{ field: 'body', rule: 'object', detail: 'must be a JSON object', pointer: '#' }]);
  const faults = check(CreatePaymentBody, body, pointerTo);
  const { money, faults: moneyFaults } = readMoney(body['amount'], body['currency']);
  const { metadata = {}, faults: metadataFaults } = readMetadata(body['metadata']);
  const { rail = 'simulated', kind = 'PAYMENT', ...dto } = body as unknown as CreatePaymentBody;
  faults.push(...moneyFaults, ...railFaults(rail, rails), ...metadataFaults);
  if (faults.length > 0 || money === undefined) throw invalidRequest(faults);
  return {
    kind,
    rail,
    money,
    reference: dto.reference,
    externalId: dto.external_id,
    accountId: dto.account_id,
    metadata,
  };
}

const railFaults = (rail: unknown, rails: readonly string[]): readonly FieldFault[] =>
  typeof rail !== 'string' || rails.includes(rail)
    ? []
    : [{ field: 'rail', rule: 'one-of', detail: `must be one of ${rails.join(', ')}`, pointer: '#/rail' }];

/** `POST /api/v1/payments`. */
export async function createPayment(deps: HttpDeps, context: RequestContext, tenantId: TenantId): Promise<Answer> {
  const key = readIdempotencyKey(context.request);
  const asked = readInstruction(await context.readJson(), deps.rails);
  const outcome = await deps.createPayment({
    instruction: instructionOf(asked, tenantId, context.origin),
    idempotency: key === undefined ? undefined : { key, fingerprint: fingerprintOf(asked) },
    respond: renderPayment,
  });
  return answerTo(outcome);
}

const instructionOf = (asked: Asked, tenantId: TenantId, origin: Origin): PaymentInstruction => ({
  tenantId,
  ...asked,
  origin,
});

function answerTo(outcome: CreateOutcome): Answer {
  switch (outcome.outcome) {
    case 'created':
      return jsonText(201, outcome.response, { Location: paymentPath(outcome.payment.id) });
    case 'replayed':
      return jsonText(200, outcome.response, {
        Location: paymentPath(outcome.paymentId),
        'Idempotent-Replayed': 'true',
      });
    case 'key-reused':
      throw new Problem('idempotency-key-reused', 'This idempotency key stands for a request with another body.');
    case 'duplicate-reference':
      throw duplicateReference(outcome.paymentId);
    case 'refused':
      throw notAllowed(outcome.breaches);
    case 'failed':
      throw outcome.error;
  }
}

function notAllowed(breaches: readonly Breach[]): Problem {
  const errors = breaches.map(({ field, rule, allowed }): FieldFault => ({
    field,
    rule,
    detail: `the tenant allows ${allowed}`,
    pointer: pointerTo(field),
  }));
  return new Problem('payment-not-allowed', `Not allowed: ${fieldsOf(errors)}.`, { errors });
}

function duplicateReference(paymentId: string): Problem {
  const path = paymentPath(paymentId);
  return new Problem('duplicate-reference', `The payment ${paymentId} already has this reference.`, {
    members: { payment_id: paymentId },
    headers: { Location: path, Link: `<${path}>; rel="related"` },
  });
}
