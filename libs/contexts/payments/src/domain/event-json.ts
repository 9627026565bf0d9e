import { formatMoney } from '@ferry/kernel';
import type { PaymentEvent } from './payment-event.js';
import type { PaymentState } from './payment.js';

/** A payment as the world sees it: snake_case, the amount as a JSON number with the currency's decimals. */
export const paymentJson = (payment: PaymentState): Record<string, unknown> => ({
  id: payment.id,
  kind: payment.kind,
  rail: payment.rail,
  amount: JSON.rawJSON(formatMoney(payment.money)),
  currency: payment.money.currency,
  reference: payment.reference,
  external_id: payment.externalId,
  account_id: payment.accountId,
  metadata: payment.metadata,
  status: payment.status,
  reason: payment.reason,
  provider_reference: payment.providerReference,
  attempts: payment.attempts,
  // Written out: JSON.stringify of a Date takes twice as long as its ISO string.
  created_at: payment.createdAt.toISOString(),
  updated_at: payment.updatedAt.toISOString(),
});

/** The JSON text of an event, as docs/events/ describes it: the seeds' envelope, then the subject. */
export const eventJson = ({ id, type, at, version, payment }: PaymentEvent): string =>
  JSON.stringify({
    event_id: id,
    event_type: type,
    timestamp: at,
    version,
    payment: { tenant_id: payment.tenantId, ...paymentJson(payment) },
  });
