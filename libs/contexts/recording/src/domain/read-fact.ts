import { holdsCardNumber, isCurrency, parseMoney, type MoneyFault } from '@ferry/kernel';
import type { Metadata, PaymentFact } from './recorded-payment.js';

/** Lengths as the source design's columns have them, in characters; metadata in bytes of its JSON. */
export const factLimits = {
  referenceNumber: 255,
  loanAccountNumber: 20,
  cif: 20,
  paymentChannel: 100,
  metadataBytes: 4_096,
} as const;

/** A clock of somebody else may be ahead, and a zone misread; a payment of the day after tomorrow is a mistake. */
const AHEAD_MAX_MS = 86_400_000;
/** Older than any ledger that is migrated; what is before it is a misread format. */
const OLDEST = Date.UTC(1990, 0, 1);

/** What somebody tells of a payment, taken out of its wrapping and not checked yet. */
export interface RawFact {
  readonly referenceNumber: unknown;
  readonly loanAccountNumber: unknown;
  readonly cif: unknown;
  /** Decimal digits in units of the currency, as sent. */
  readonly amount: unknown;
  readonly currency: unknown;
  /** `unreadable`: something was there that is no time in the format that was expected. */
  readonly paymentDate: Date | 'unreadable' | undefined;
  /** Blank is as good as absent: many an ETL and many a form leave an empty text where they have nothing to say. */
  readonly paymentChannel: unknown;
  readonly metadata: unknown;
}

/** One broken rule; `field` by its name in JSON and SQL. */
export interface FactFault {
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

export type FactResult = { readonly fact: PaymentFact } | { readonly faults: readonly FactFault[] };

/** The one set of rules for webhooks and staging alike; tells all faults together. */
export function readFact(raw: RawFact, now: Date): FactResult {
  const faults: FactFault[] = [];
  const fault = (field: string, rule: string, detail: string): undefined => void faults.push({ field, rule, detail });
  const text = (field: string, value: unknown, max: number): string => readText(field, value, max, fault) ?? '';
  const fact = {
    referenceNumber: text('reference_number', raw.referenceNumber, factLimits.referenceNumber),
    loanAccountNumber: text('loan_account_number', raw.loanAccountNumber, factLimits.loanAccountNumber),
    cif: text('cif', raw.cif, factLimits.cif),
    money: readMoney(raw.amount, raw.currency, fault),
    paymentDate: readDate(raw.paymentDate, now, fault),
    paymentChannel: isBlank(raw.paymentChannel)
      ? undefined
      : text('payment_channel', raw.paymentChannel, factLimits.paymentChannel),
    metadata: readMetadata(raw.metadata, fault),
  };
  const { money, paymentDate } = fact;
  if (faults.length > 0 || money === undefined || paymentDate === undefined) return { faults };
  return { fact: { ...fact, money, paymentDate } };
}

type Tell = (field: string, rule: string, detail: string) => undefined;

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
export const isBlank = (value: unknown): boolean =>
  isAbsent(value) || (typeof value === 'string' && value.trim() === '');
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

function readText(field: string, value: unknown, max: number, fault: Tell): string | undefined {
  if (isAbsent(value)) return fault(field, 'required', 'is missing');
  if (typeof value !== 'string') return fault(field, 'string', 'must be a string');
  if (value.trim() === '') return fault(field, 'required', 'must not be blank');
  if (value.length > max) return fault(field, 'max-length', `must have at most ${max} characters`);
  if (control.test(value) || !value.isWellFormed())
    return fault(field, 'characters', 'must not contain control characters');
  if (holdsCardNumber(value)) return fault(field, 'card-number', 'looks like the number of a payment card');
  return value;
}

const moneyRules: Readonly<Record<MoneyFault, string>> = {
  'not-a-number': 'must be a decimal number',
  'unknown-currency': 'must be an ISO 4217 code',
  'too-many-decimals': 'has more decimals than the currency',
  'too-many-digits': 'has more than 15 digits',
  'not-positive': 'must be positive',
};

function readMoney(amount: unknown, currency: unknown, fault: Tell): PaymentFact['money'] | undefined {
  const isKnown = typeof currency === 'string' && isCurrency(currency);
  if (isAbsent(currency)) fault('currency', 'required', 'is missing, and none is configured');
  else if (!isKnown) fault('currency', 'unknown-currency', moneyRules['unknown-currency']);
  if (isAbsent(amount)) return fault('amount', 'required', 'is missing');
  if (typeof amount !== 'string') return fault('amount', 'not-a-number', moneyRules['not-a-number']);
  if (!isKnown) return undefined;
  const result = parseMoney(amount, currency);
  return 'money' in result ? result.money : fault('amount', result.fault, moneyRules[result.fault]);
}

function readDate(date: RawFact['paymentDate'], now: Date, fault: Tell): Date | undefined {
  if (date === undefined) return fault('payment_date', 'required', 'is missing');
  if (date === 'unreadable' || Number.isNaN(date.getTime()))
    return fault('payment_date', 'time', 'is not a time in the expected format');
  if (date.getTime() > now.getTime() + AHEAD_MAX_MS)
    return fault('payment_date', 'future', 'must not be more than a day ahead');
  if (date.getTime() < OLDEST) return fault('payment_date', 'past', 'must not be before 1990');
  return date;
}

function readMetadata(metadata: unknown, fault: Tell): Metadata {
  if (isAbsent(metadata)) return {};
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    fault('metadata', 'object', 'must be an object');
    return {};
  }
  const json = JSON.stringify(metadata);
  if (Buffer.byteLength(json) > factLimits.metadataBytes)
    fault('metadata', 'max-bytes', `must have at most ${factLimits.metadataBytes} bytes`);
  else if (json.includes('\\u0000')) fault('metadata', 'characters', 'must not contain NUL');
  else if (holdsCardNumber(json)) fault('metadata', 'card-number', 'looks like the number of a payment card');
  return metadata as Metadata;
}
