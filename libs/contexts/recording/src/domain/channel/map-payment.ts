import { Digits, exponentOf, isCurrency } from '@ferry/kernel';
import { isBlank, type RawFact } from '../read-fact.js';
import type { ChannelFields, MetadataSource, ValueSource } from './channel.js';
import { valueAt } from './json-pointer.js';
import { readTime } from './time-format.js';

export interface Mapping {
  readonly fields: ChannelFields;
  /** Many systems number what they have: whole numbers are names too, digit by digit. */
  readonly numbersAreNames: boolean;
  readonly currency?: string | undefined;
  readonly paymentChannel?: string | undefined;
}

/** What one payment of a body says, taken out of its places. Nothing of it is checked but what it takes to find it. */
export function mapPayment(payment: unknown, mapping: Mapping): RawFact {
  const { fields, numbersAreNames } = mapping;
  const asText = (one: unknown): unknown =>
    numbersAreNames && one instanceof Digits && /^\d+$/.test(one.text) ? one.text : one;
  const value = (source: ValueSource): unknown =>
    'pointer' in source ? valueAt(payment, source.pointer) : source.constant;
  const currency = (fields.currency && value(fields.currency)) ?? mapping.currency;
  const paymentChannel = fields.paymentChannel && value(fields.paymentChannel);
  return {
    referenceNumber: asText(value(fields.referenceNumber)),
    loanAccountNumber: asText(value(fields.loanAccountNumber)),
    cif: asText(value(fields.cif)),
    amount: amountOf(value(fields.amount), fields.amount.unit, currency),
    currency,
    paymentDate: readTime(value(fields.paymentDate), fields.paymentDate.format, fields.paymentDate.timeZone),
    paymentChannel: isBlank(paymentChannel) ? mapping.paymentChannel : asText(paymentChannel),
    metadata: fields.metadata && metadataOf(fields.metadata, payment, value),
  };
}

/** Units of the currency, as decimal digits. From minor units the point moves by an exponent, so no digit is ever computed with. */
function amountOf(amount: unknown, unit: 'major' | 'minor', currency: unknown): unknown {
  const digits = amount instanceof Digits ? amount.text : amount;
  if (unit === 'major' || typeof digits !== 'string') return digits;
  if (typeof currency !== 'string' || !isCurrency(currency)) return digits;
  const [, mantissa = digits, power = '0'] = /^([^e]*)e([+-]?\d{1,3})$/i.exec(digits) ?? [];
  return `${mantissa}e${Number(power) - exponentOf(currency)}`;
}

function metadataOf(source: MetadataSource, payment: unknown, value: (source: ValueSource) => unknown): unknown {
  if ('pointer' in source) return plain(valueAt(payment, source.pointer));
  const members = Object.entries(source.members).map(([name, one]) => [name, plain(value(one))] as const);
  return Object.fromEntries(members.filter(([, one]) => one !== undefined));
}

/** Numbers that a double holds with all their digits become numbers, all others stay digits, as texts: none is changed. */
function plain(value: unknown): unknown {
  if (value instanceof Digits) return String(Number(value.text)) === value.text ? Number(value.text) : value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
