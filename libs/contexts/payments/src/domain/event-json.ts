import { formatMoney, isoTime } from '@ferry/kernel';
import type { PaymentEvent } from './payment-event.js';
import type { PaymentState } from './payment.js';

/**
 * The JSON text of a payment as the world sees it: snake_case, the amount as a JSON number with the currency's decimals. Written by hand:
 * `JSON.stringify` of an object made for it takes three times as long, and every payment is rendered twice while it is accepted.
 */
export const paymentJson = (payment: PaymentState): string =>
  `{"id":"${payment.id}","business_unit_id":${text(payment.businessUnitId)},"kind":"${payment.kind}","rail":${text(payment.rail)}` +
  `,"amount":${formatMoney(payment.money)},"currency":"${payment.money.currency}","reference":${text(payment.reference)}` +
  optional('external_id', payment.externalId) +
  optional('account_id', payment.accountId) +
  `,"metadata":${text(payment.metadata)},"status":"${payment.status}"` +
  optional('reason', payment.reason) +
  optional('provider_reference', payment.providerReference) +
  `,"attempts":${payment.attempts},"created_at":"${isoTime(payment.createdAt)}","updated_at":"${isoTime(payment.updatedAt)}"}`;

const text = (value: unknown): string => JSON.stringify(value);

const optional = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${text(value)}`;

/** The JSON text of an event, as docs/events/ describes it: the seeds' envelope, then the subject. */
export const eventJson = ({ id, type, at, version, payment }: PaymentEvent): string =>
  `{"event_id":"${id}","event_type":"${type}","timestamp":"${isoTime(at)}","version":${version}` +
  `,"payment":{"tenant_id":${text(payment.tenantId)},${paymentJson(payment).slice(1)}}`;
