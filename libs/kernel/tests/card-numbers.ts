import fc from 'fast-check';
import { passesLuhn } from '../src/card-issuers.js';

/** Published test numbers of card schemes and of those who process for them. */
export const testCards: Readonly<Record<string, readonly string[]>> = {
  Visa: ['4111111111111111', '4242424242424242', '4000056655665556', '4222222222222', '4917610000000000003'],
  Mastercard: ['5555555555554444', '5105105105105100', '2223003122003222', '2720992593319364'],
  'American Express': ['378282246310005', '371449635398431', '341111111111111'],
  'Diners Club': ['30569309025904', '38520000023237', '36227206271667', '3056930009020004'],
  Discover: ['6011111111111117', '6011000990139424', '6011981111111113', '6555900000604105'],
  JCB: ['3530111333300000', '3566002020360505'],
  UnionPay: ['6200000000000005', '6205500000000000004', '8171999927660000'],
  Maestro: ['6759649826438453', '6304000000000000', '5018000000000009'],
  Verve: ['5061460410120223210', '5078650000000000004'],
  Mir: ['2200000000000004', '2204900000000001'],
};

/** The number with its last digit as Luhn wants it. */
export const withLuhn = (digits: string): string => {
  const rest = digits.slice(0, -1);
  for (let last = 0; last < 10; last += 1) if (passesLuhn(`${rest}${last}`)) return `${rest}${last}`;
  throw new Error('one of ten digits fits');
};

export const digitsOf = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: length, maxLength: length });

/** Any card of a scheme: its first digits, its length. */
export const cardOf = (prefix: string, length: number): fc.Arbitrary<string> =>
  digitsOf(length - prefix.length).map((rest) => withLuhn(prefix + rest));

/** What is issued today, by first digits and length. */
export const issued: readonly (readonly [string, string, number])[] = [
  ['Visa', '4', 16],
  ['Visa of 19', '4', 19],
  ['Mastercard', '53', 16],
  ['American Express', '37', 15],
  ['Diners Club', '36', 14],
  ['Discover', '6011', 16],
  ['JCB', '3530', 16],
  ['UnionPay', '62', 16],
  ['UnionPay of 19', '62', 19],
  ['Maestro', '6759', 18],
  ['Verve', '506100', 19],
];
