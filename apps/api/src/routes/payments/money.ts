import {
  AMOUNT_DIGITS_MAX,
  Digits,
  exponentOf,
  isCurrency,
  type Money,
  type MoneyFault,
  parseMoney,
} from '@ferry/kernel';
import { pointerTo } from '../../http/check.js';
import type { FieldFault } from '../../http/problem.js';

const details: Record<MoneyFault, (currency: string) => string> = {
  'not-a-number': () => 'must be a number, or a string of decimal digits',
  'unknown-currency': () => 'must be an ISO 4217 currency with minor units',
  'too-many-decimals': (currency) =>
    `must have ${isCurrency(currency) ? exponentOf(currency) : 0} decimals at most in ${currency}`,
  'too-many-digits': () => `must have ${AMOUNT_DIGITS_MAX} digits at most, decimals of the currency included`,
  'not-positive': () => 'must be greater than 0',
};

const blame = (field: string, rule: MoneyFault, currency = ''): FieldFault => ({
  field,
  rule,
  detail: details[rule](currency),
  pointer: pointerTo(field),
});

/** Knows the most decimals of all currencies, so it finds only what is wrong in every currency. */
const ANY_CURRENCY = 'CLF';

/**
 * The money of a body, or what is wrong with it. Fields of the wrong type are passed over: the DTO names them. With a bad
 * currency only those faults of the amount are named that no currency would mend.
 */
export function readMoney(amount: unknown, currency: unknown): { money?: Money; faults: readonly FieldFault[] } {
  const text = amount instanceof Digits ? amount.text : amount;
  const known = typeof currency === 'string' && isCurrency(currency);
  const faults = typeof currency === 'string' && !known ? [blame('currency', 'unknown-currency')] : [];
  if (typeof text !== 'string') return { faults };
  const result = parseMoney(text, known ? currency : ANY_CURRENCY);
  if ('money' in result) return known ? { money: result.money, faults } : { faults };
  const { fault } = result;
  if (known) return { faults: [blame('amount', fault, currency)] };
  return {
    faults: fault === 'not-a-number' || fault === 'not-positive' ? [...faults, blame('amount', fault)] : faults,
  };
}
