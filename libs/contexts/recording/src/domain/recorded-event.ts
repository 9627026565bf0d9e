import { formatMoney, isoTime } from '@ferry/kernel';
import type { RecordedPayment, Recording } from './recorded-payment.js';

/** The one event of a recorded payment, hence version 1 of its aggregate. */
export const RECORDED_EVENT = 'payment.recorded';

const text = (value: unknown): string => JSON.stringify(value);

/**
 * The JSON text of a recorded payment as the world sees it, field by field as the source design names them, with the currency and the
 * business unit besides. No channel is an empty text: the source design's type has one always, and none can be named so. Written by hand as
 * that of payments is: it is made once for every row of staging.
 */
export const recordedPaymentJson = (payment: RecordedPayment): string =>
  `{"id":"${payment.id}","business_unit_id":${text(payment.businessUnitId)},"reference_number":${text(payment.referenceNumber)}` +
  `,"loan_account_number":${text(payment.loanAccountNumber)},"cif":${text(payment.cif)}` +
  `,"amount":${formatMoney(payment.money)},"currency":"${payment.money.currency}"` +
  `,"payment_date":"${isoTime(payment.paymentDate)}"` +
  `,"payment_channel":${text(payment.paymentChannel ?? '')}` +
  `,"source":"${payment.source}","metadata":${text(payment.metadata)},"created_at":"${isoTime(payment.createdAt)}"}`;

/** The JSON text of the event, as docs/events/payment.recorded.schema.json describes it. */
export const recordedEventJson = ({ payment, eventId }: Recording): string =>
  `{"event_id":"${eventId}","event_type":"${RECORDED_EVENT}","timestamp":"${isoTime(payment.createdAt)}","version":1` +
  `,"payment":{"tenant_id":${text(payment.tenantId)},${recordedPaymentJson(payment).slice(1)}}`;
