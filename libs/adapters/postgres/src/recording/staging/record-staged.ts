import type { BatchOutcome, StagingBatch, StagingSource } from '@ferry/recording';
import { jsonSequence, plainArray } from '../../array-literal.js';
import { timestamp } from '../../payment-row.js';
import { placeholders, type Statement } from '../../session.js';
import { recordPaymentsValues } from '../record-payments.js';

/** What `recording.record_staged` answers: rows that were not to be had, or else the duplicates. */
export interface StagedAnswer {
  readonly lost: string | null;
  /** Position among the recordings, from 1. */
  readonly recording: number | null;
  readonly payment_id: string | null;
}

const PLACES = placeholders(32);

/** One call, one transaction: see the function in the migrations. */
export function recordStaged({ tenantId, table }: StagingSource, batch: StagingBatch): Statement {
  const { id, retry, startedAt, decidedAt, rows, recordings, duplicates, bad } = batch;
  return {
    name: 'record-staged',
    text: `select lost, recording, payment_id from recording.record_staged(${PLACES})`,
    values: [
      ...recordPaymentsValues(tenantId, recordings, { source: 'staging', createdAt: decidedAt }),
      table,
      retry,
      id,
      timestamp(startedAt),
      plainArray(rows.map((row) => row.id)),
      plainArray(rows.map((row) => ('xmin' in row ? row.xmin : 0))),
      plainArray(rows.map(({ attempts }) => attempts)),
      duplicates,
      plainArray(bad.map((one) => one.id)),
      plainArray(bad.map(({ attempts }) => attempts)),
      jsonSequence(bad.map(({ reason }) => reason)),
      plainArray(bad.map(({ nextAttemptAt }) => timestamp(nextAttemptAt))),
      jsonSequence(bad.map(({ shown }) => shown)),
    ],
  };
}

export function batchOutcomeOf({ recordings }: StagingBatch, answers: readonly StagedAnswer[]): BatchOutcome {
  const lost = answers.flatMap((answer) => (answer.lost === null ? [] : [BigInt(answer.lost)]));
  if (lost.length > 0) return { lost };
  const duplicates = new Map<string, string>();
  for (const { recording, payment_id } of answers) {
    const payment = recordings[(recording ?? 0) - 1]?.payment;
    if (payment && payment_id) duplicates.set(payment.id, payment_id);
  }
  return { duplicates };
}
