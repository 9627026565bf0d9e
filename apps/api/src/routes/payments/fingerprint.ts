import { hash } from 'node:crypto';
import { formatMoney } from '@ferry/kernel';
import { DEFAULT_UNIT, type JsonValue, type PaymentInstruction } from '@ferry/payments';

/**
 * SHA-256 (hexadecimal) of what the client asked for, in one spelling: defaults filled in, keys sorted, the amount with
 * the currency's decimals. `100.5` and `100.50` EUR are the same request. Stored for 31 days: a change of this form makes
 * every older key answer 422, so it must not change: the unit `default` is left out, of which payments are from before there were others.
 */
export const fingerprintOf = (asked: Omit<PaymentInstruction, 'tenantId' | 'origin'>): string =>
  hash(
    'sha256',
    JSON.stringify({
      account_id: asked.accountId,
      amount: formatMoney(asked.money),
      business_unit_id: asked.businessUnitId === DEFAULT_UNIT ? undefined : asked.businessUnitId,
      currency: asked.money.currency,
      external_id: asked.externalId,
      kind: asked.kind,
      metadata: sorted(asked.metadata),
      rail: asked.rail,
      reference: asked.reference,
    }),
    'hex',
  );

/** Keys that look like integers come first, as in every JavaScript object; what counts is that the order is always the same. */
function sorted(value: JsonValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
