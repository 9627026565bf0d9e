import { backoffMs, type Backoff } from '@ferry/kernel';
import type { BadRow, DueRow, StagingRow, StagingSource } from '../../ports/staging-tables.js';
import type { PaymentFact } from '../recorded-payment.js';
import { readRow } from './read-row.js';
import { shownRow } from './shown-row.js';

/** When a bad row is tried again: the ETL may have mended it. */
export interface RetryRules {
  readonly retriesMax: number;
  readonly backoff: Backoff;
}

export interface DecidedRows {
  /** One of each reference number: the first that can be recorded. */
  readonly facts: readonly PaymentFact[];
  /** How many rows repeat one of these. */
  readonly repeated: number;
  readonly bad: readonly BadRow[];
}

/** What each row of a batch tells of; rows by id. `random` spreads the attempts of rows that were found bad together. */
export function decideRows(
  rows: readonly DueRow[],
  source: StagingSource,
  now: Date,
  rules: RetryRules,
  random: () => number,
): DecidedRows {
  const facts = new Map<string, PaymentFact>();
  const bad: BadRow[] = [];
  let repeated = 0;
  for (const row of rows) {
    if ('gone' in row) {
      bad.push({ id: row.id, attempts: row.attempts + 1, reason: 'the row is not in the table any more', shown: '{}' });
      continue;
    }
    const read = readRow(row, source, now);
    if ('reason' in read) bad.push(badRow(row, read.reason, now, rules, random));
    else if (facts.has(read.fact.referenceNumber)) repeated += 1;
    else facts.set(read.fact.referenceNumber, read.fact);
  }
  return { facts: [...facts.values()], repeated, bad };
}

/** As wide as the column. */
const REASON_MAX = 1_000;

export function badRow(row: StagingRow, reason: string, now: Date, rules: RetryRules, random: () => number): BadRow {
  const attempts = row.attempts + 1;
  const nextAttemptAt =
    attempts <= rules.retriesMax ? new Date(now.getTime() + backoffMs(rules.backoff, attempts, random())) : undefined;
  return { id: row.id, attempts, reason: reason.slice(0, REASON_MAX), nextAttemptAt, shown: shownRow(row) };
}
