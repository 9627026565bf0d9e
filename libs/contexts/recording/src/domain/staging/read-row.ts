import { errorFields, instantOf } from '@ferry/kernel';
import type { StagingRow, StagingSource } from '../../ports/staging-tables.js';
import { readFact, type RawFact } from '../read-fact.js';
import type { JsonValue, PaymentFact } from '../recorded-payment.js';

export type ReadRow = { readonly fact: PaymentFact } | { readonly reason: string };

/** The payment that a row tells of, or why it tells of none. Never throws: one row must not stop the others. */
export function readRow(row: StagingRow, source: StagingSource, now: Date): ReadRow {
  try {
    return readSound(row, source, now);
  } catch (error) {
    return { reason: `cannot be read: ${errorFields(error).error}` };
  }
}

function readSound(row: StagingRow, source: StagingSource, now: Date): ReadRow {
  const metadata = row.metadata === null ? null : exactJson(row.metadata);
  const raw: RawFact = {
    referenceNumber: row.referenceNumber,
    loanAccountNumber: row.loanAccountNumber,
    cif: row.cif,
    amount: row.amount,
    currency: currencyIn(metadata) ?? source.currency,
    paymentDate: row.shownMs === null ? undefined : instantShown(row.shownMs, source.timeZone),
    paymentChannel: row.paymentChannel,
    metadata,
  };
  const result = readFact(raw, now);
  if ('fact' in result) return result;
  return { reason: result.faults.map(({ field, detail }) => `${field} ${detail}`).join('; ') };
}

const currencyIn = (metadata: JsonValue): JsonValue | undefined =>
  typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, 'currency')
    ? (metadata as Readonly<Record<string, JsonValue>>).currency
    : undefined;

/** More digits than a double keeps. */
const longNumber = /\d{16}/;

/** The value of a JSON text, in which numbers that no double can hold stay the digits that were sent. */
const exactJson = (text: string): JsonValue =>
  JSON.parse(text, longNumber.test(text) ? (keepDigits as Reviver) : undefined) as JsonValue;

const keepDigits = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value;

/** Its third parameter is ES2026, in V8 since 11.4; not yet in TypeScript's lib. */
type Reviver = (key: string, value: unknown) => unknown;

function instantShown(shownMs: number, timeZone: string): Date | 'unreadable' {
  const shown = new Date(shownMs);
  if (timeZone === 'UTC' || Number.isNaN(shown.getTime())) return shown;
  const local = {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    ms: shown.getUTCMilliseconds(),
  };
  return instantOf(local, timeZone) ?? 'unreadable';
}
