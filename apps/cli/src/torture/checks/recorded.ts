import type { RecordedRow } from '../evidence-of-recording.js';
import type { Evidence } from '../evidence.js';
import type { Fact } from '../load/telling/facts.js';
import type { Told } from '../load/telling/told.js';
import { judgeEach, type Verdict } from './verdict.js';

const RECORDED = 'payment.recorded';

/** Recorded payments, held against what was told to Ferry and what Ferry answered. */
export function judgeRecorded(told: Told, evidence: Evidence): readonly Verdict[] {
  const { payments } = evidence.recording;
  const byReference = Map.groupBy(payments, ({ reference }) => reference);
  const holderOf = (reference: string): RecordedRow | undefined => byReference.get(reference)?.[0];
  const receipts = [...Map.groupBy(told.receipts, ({ reference }) => reference)];
  return [
    judgeEach(
      'recorded-as-answered',
      'the payment that an answer to a webhook named is there, with its reference number',
      told.receipts,
      ({ reference, paymentId }) => {
        const there = byReference.get(reference)?.some(({ id }) => id === paymentId);
        return there ? undefined : `${reference} was answered with ${paymentId}, there is ${holderOf(reference)?.id}`;
      },
    ),
    judgeEach(
      'created-once',
      'at most one answer to a reference number is `created`, and none if staging brought it',
      receipts,
      ([reference, answers]) => {
        const created = answers.filter(({ said }) => said === 'created').length;
        const most = holderOf(reference)?.source === 'webhook' ? 1 : 0;
        return created > most ? `${reference} was created ${created} times, ${most} at most` : undefined;
      },
    ),
    judgeEach('recorded-once', 'every reference number is recorded once', [...byReference], ([reference, rows]) =>
      rows.length > 1 ? `${reference} is ${rows.map(({ id }) => id).join(' and ')}` : undefined,
    ),
    judgeEach('recorded-as-told', 'every recorded payment is what somebody told of, and by that way', payments, (row) =>
      faultOf(row, told.facts.get(row.reference)),
    ),
    ...judgeRecordedEvents(evidence),
  ];
}

function faultOf(row: RecordedRow, fact: Fact | undefined): string | undefined {
  if (!fact) return `${row.reference} was told by nobody`;
  if (fact.way !== 'both' && fact.way !== row.source) return `${row.reference} came by ${row.source}`;
  const isAsTold =
    row.amount_minor === String(fact.amountMinor) &&
    row.loan_account_number === fact.loanAccountNumber &&
    row.payment_date.getTime() === fact.paidAt.getTime();
  return isAsTold ? undefined : `${row.reference} is not what was told: ${JSON.stringify(row)}`;
}

/** Nothing to judge where there is no Kafka. */
function judgeRecordedEvents({ recording: { payments }, events }: Evidence): readonly Verdict[] {
  if (events === undefined) return [];
  const told = Map.groupBy(
    events.filter(({ type }) => type === RECORDED),
    ({ paymentId }) => paymentId,
  );
  return [
    judgeEach(
      'told-recorded',
      'one event, by its id, tells of each recorded payment',
      payments,
      ({ id, reference }) => {
        const seen = new Set((told.get(id) ?? []).map(({ eventId, version }) => `${eventId} ${version}`));
        if (seen.size !== 1) return `${reference} was told by ${seen.size} events`;
        return [...seen][0]?.endsWith(' 1') ? undefined : `${reference} was told as another version than 1`;
      },
    ),
  ];
}
