import {
  RECORDED_EVENT,
  recordedEventJson,
  type Recording,
  type RecordedPaymentId,
  type RecordOutcome,
} from '@ferry/recording';
import { jsonSequence, plainArray } from '../array-literal.js';
import { timestamp } from '../payment-row.js';
import { PAYMENT_TOPIC } from '../payment-topic.js';
import { placeholders, type Statement } from '../session.js';

/** What `recording.record_payments` says of a recording that it did not store; of the others it says nothing. */
export interface Duplicate {
  /** Position in the call, from 1. */
  readonly recording: number;
  readonly payment_id: RecordedPaymentId;
}

/** One call, one transaction: see the function in the migrations. */
export const recordPayments = (tenantId: string, recordings: readonly Recording[]): Statement => ({
  name: 'record-payments',
  text: `select recording, payment_id from recording.record_payments(${PLACES})`,
  values: recordPaymentsValues(tenantId, recordings),
});

/** What the function takes, in its order. */
export function recordPaymentsValues(
  tenantId: string,
  recordings: readonly Recording[],
  { source, createdAt }: Common = commonOf(recordings),
): unknown[] {
  const payments = recordings.map(({ payment }) => payment);
  return [
    tenantId,
    PAYMENT_TOPIC,
    source,
    timestamp(createdAt),
    plainArray(payments.map(({ id }) => id)),
    payments.map(({ businessUnitId }) => businessUnitId),
    payments.map(({ referenceNumber }) => referenceNumber),
    payments.map(({ loanAccountNumber }) => loanAccountNumber),
    payments.map(({ cif }) => cif),
    plainArray(payments.map(({ money }) => money.amountMinor)),
    plainArray(payments.map(({ money }) => money.currency)),
    plainArray(payments.map(({ paymentDate }) => timestamp(paymentDate))),
    payments.map(({ paymentChannel }) => paymentChannel),
    jsonSequence(payments.map(({ metadata }) => JSON.stringify(metadata))),
    plainArray(recordings.map(({ eventId }) => eventId)),
    RECORDED_EVENT,
    jsonSequence(recordings.map(recordedEventJson)),
    recordings.map(({ origin }) => origin.correlationId),
    recordings.map(({ origin }) => origin.traceparent),
  ];
}

const PLACES = placeholders(19);

/** One outcome per recording, in order. */
export function recordOutcomes(
  recordings: readonly Recording[],
  duplicates: readonly Duplicate[],
): readonly RecordOutcome[] {
  const outcomes = recordings.map((): RecordOutcome => ({ outcome: 'created' }));
  for (const { recording, payment_id: paymentId } of duplicates)
    outcomes[recording - 1] = { outcome: 'duplicate', paymentId };
  return outcomes;
}

type Common = Pick<Recording['payment'], 'source' | 'createdAt'>;

/** The function takes them once for all. */
function commonOf(recordings: readonly Recording[]): Common {
  const first = recordings[0]?.payment;
  const alike = recordings.every(
    ({ payment }) => payment.source === first?.source && payment.createdAt.getTime() === first.createdAt.getTime(),
  );
  if (first === undefined || !alike) throw new Error('rule broken: recordings of a call share source and moment');
  return first;
}
