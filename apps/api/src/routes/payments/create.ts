import { isJsonObject } from '@ferry/kernel';
import {
  DEFAULT_UNIT,
  paymentJson,
  type Breach,
  type BusinessUnitId,
  type CreateOutcome,
  type Owner,
  type Payment,
  type PaymentId,
  type PaymentInstruction,
} from '@ferry/payments';
import type { HttpDeps } from '../../deps.js';
import { jsonText, type Answer } from '../../http/answer.js';
import { check, pointerTo } from '../../http/check.js';
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

/** What the body asks for, defaults filled in. Throws `invalid-request` with every bad field. `ownUnit`: the only one for which the caller may ask. */
export function readInstruction(body: unknown, rails: readonly string[], ownUnit: BusinessUnitId | undefined): Asked {
  if (!isJsonObject(body))
    throw invalidRequest([{ field: 'body', rule: 'object', detail: 'must be a JSON object', pointer: '#' }]);
  const faults = check(CreatePaymentBody, body, pointerTo);
  const { money, faults: moneyFaults } = readMoney(body['amount'], body['currency']);
  const { metadata = {}, faults: metadataFaults } = readMetadata(body['metadata']);
  const { rail = 'simulated', kind = 'PAYMENT', ...dto } = body as unknown as CreatePaymentBody;
  faults.push(...moneyFaults, ...railFaults(rail, rails), ...metadataFaults);
  if (faults.length > 0 || money === undefined) throw invalidRequest(faults);
  return {
    businessUnitId: unitOf(dto.business_unit_id, ownUnit),
    kind,
    rail,
    money,
    reference: dto.reference,
    externalId: dto.external_id,
    accountId: dto.account_id,
    metadata,
  };
}

/** The same is said of a unit that there is and of one that there is not. */
function unitOf(asked: BusinessUnitId | undefined, own: BusinessUnitId | undefined): BusinessUnitId {
  if (own !== undefined && asked !== undefined && asked !== own)
    throw new Problem('outside-business-unit', `Payments are made for ${own} only.`);
  return asked ?? own ?? DEFAULT_UNIT;
}

const railFaults = (rail: unknown, rails: readonly string[]): readonly FieldFault[] =>
  typeof rail !== 'string' || rails.includes(rail)
    ? []
    : [{ field: 'rail', rule: 'one-of', detail: `must be one of ${rails.join(', ')}`, pointer: '#/rail' }];

/** `POST /api/v1/payments`. */
export async function createPayment(deps: HttpDeps, context: RequestContext, owner: Owner): Promise<Answer> {
  const key = readIdempotencyKey(context.request);
  const asked = readInstruction(await context.readJson(), deps.rails, owner.businessUnitId);
  const outcome = await deps.createPayment({
    instruction: { tenantId: owner.tenantId, ...asked, origin: context.origin },
    idempotency: key === undefined ? undefined : { key, fingerprint: fingerprintOf(asked) },
    respond: renderPayment,
  });
  if (outcome.outcome === 'duplicate-reference') {
    // References are unique in the tenant, so it may name a payment that the caller does not see.
    const existing = await deps.readPayment(owner, outcome.paymentId);
    throw duplicateReference(existing?.id);
  }
  return answerTo(outcome);
}

function answerTo(outcome: Exclude<CreateOutcome, { outcome: 'duplicate-reference' }>): Answer {
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

function duplicateReference(existing: PaymentId | undefined): Problem {
  if (existing === undefined) return new Problem('duplicate-reference', 'The reference is taken.');
  const path = paymentPath(existing);
  return new Problem('duplicate-reference', `The payment ${existing} already has this reference.`, {
    members: { payment_id: existing },
    headers: { Location: path, Link: `<${path}>; rel="related"` },
  });
}
