import { exponentOf, isCurrency, type Currency } from './currency.js';

/**
 * Digits of an amount, decimals included. 15 digits fit the seeds' `DECIMAL(15,2)`, a `bigint` column, and stay exact even
 * in a client that reads JSON numbers as doubles (2^53 has 15 full digits).
 */
export const AMOUNT_DIGITS_MAX = 15;

/** An amount of money: `amountMinor` in the currency's smallest unit (cents for EUR, francs for XAF). */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

export type MoneyFault = 'not-a-number' | 'unknown-currency' | 'too-many-decimals' | 'too-many-digits' | 'not-positive';

export type MoneyResult = { readonly money: Money } | { readonly fault: MoneyFault };

const decimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a positive amount from its decimal digits as sent (`"100.50"`, `"1e3"`); never through a double.
 * Trailing zeros beyond the currency's decimals are no information and are accepted (`"1500.00"` XAF); other decimals are refused.
 */
export function parseMoney(text: string, currency: string): MoneyResult {
  if (!isCurrency(currency)) return { fault: 'unknown-currency' };
  const match = decimal.exec(text);
  if (!match) return { fault: 'not-a-number' };
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  let digits = (whole + fraction).replace(/^0+/, '');
  let scale = fraction.length - Number(power);
  while (digits.endsWith('0') && scale > 0) {
    digits = digits.slice(0, -1);
    scale -= 1;
  }
  if (digits === '') return { fault: 'not-positive' };
  if (sign === '-') return { fault: 'not-positive' };
  const shift = exponentOf(currency) - scale;
  if (shift < 0) return { fault: 'too-many-decimals' };
  if (digits.length + shift > AMOUNT_DIGITS_MAX) return { fault: 'too-many-digits' };
  return { money: { amountMinor: BigInt(digits + '0'.repeat(shift)), currency } };
}

/** The amount in the currency's decimals: `"100.50"` EUR, `"1500"` XAF. The inverse of `parseMoney`. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const sign = amountMinor < 0n ? '-' : '';
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
