import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdsCardNumber, newId } from '../src/index.js';
import { cardOf, digitsOf, withLuhn } from './card-numbers.js';

/** What a client sends that is no card. One in 10,000 may be taken for one: 1 of these. */
const RUNS = 10_000;
const TAKEN_MAX = RUNS / 10_000;
/** To the end of 2033: from 2034 on two-digit years begin as American Express does. */
const moments = fc.date({ min: new Date('2023-01-01'), max: new Date('2033-12-31'), noInvalidDate: true });

/** `20261121055959`, or another order of its parts. */
const stamp = (order: string, rest = 0): fc.Arbitrary<string> =>
  fc.tuple(moments, digitsOf(rest)).map(([time, digits]) => {
    const [y = '', m = '', d = '', h = '', i = '', s = ''] = time.toISOString().split(/\D/);
    const parts: Record<string, string> = { y, Y: y.slice(2), m, d, h, i, s };
    return (
      order
        .split('')
        .map((letter) => parts[letter] ?? letter)
        .join('') + digits
    );
  });

const epoch = (perSecond: number, rest = 0): fc.Arbitrary<string> =>
  fc
    .tuple(moments, digitsOf(rest))
    .map(([time, digits]) => `${Math.floor((time.getTime() / 1000) * perSecond)}${digits}`);

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((some) => Buffer.from(some).toString('hex'));

const article = digitsOf(12).map((digits) => {
  const sum = digits.split('').reduce((all, digit, i) => all + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
});

/** IBAN of a country whose numbers are all digits. */
const account = (country: string, length: number): fc.Arbitrary<string> =>
  digitsOf(length).map((digits) => {
    const letters = country
      .split('')
      .map((letter) => Number.parseInt(letter, 36))
      .join('');
    const check = 98n - (BigInt(`${digits}${letters}00`) % 97n);
    return `${country}${String(check).padStart(2, '0')}${digits}`;
  });
const inFours = (text: string): string => text.replaceAll(/(.{4})(?=.)/g, '$1 ');

/** Country code and what begins a mobile number there, and how many digits follow. */
const plans: readonly (readonly [string, number])[] = [
  ['2376', 8],
  ['2250', 9],
  ['22177', 7],
  ['234803', 7],
  ['22901', 8],
  ['2547', 8],
  ['27', 9],
  ['33', 9],
  ['39', 10],
  ['44', 10],
  ['4366', 9],
  ['4915', 9],
  ['4917', 9],
  ['62812', 9],
  ['91', 10],
  ['86', 11],
];
const phone = fc.constantFrom(...plans).chain(([start, rest]) => digitsOf(rest).map((digits) => start + digits));

const bases: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'our ids': fc.constant(0).map(() => newId()),
  'UUIDs of any version': fc.uuid(),
  'UUIDs in capitals': fc.uuid().map((id) => id.toUpperCase()),
  'UUIDs without dashes': fc.uuid().map((id) => id.replaceAll('-', '')),
  // Of the seed, as `newTraceparent` makes them of chance: of those two in 10,000 are taken in one run of a hundred.
  traceparents: fc.tuple(hex(16), hex(8)).map(([trace, span]) => `00-${trace}-${span}-01`),
  'API keys': fc
    .string({ unit: fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'.split('')), minLength: 52 })
    .map((s) => `fk_live_7h3kq9x2m4pt_${s}`),
  'SHA-256': fc.constant(0).map(() => createHash('sha256').update(randomBytes(8)).digest('hex')),
  'object ids': hex(12),
  'span ids': hex(8),
  ULIDs: fc.ulid(),
  base64url: fc.uint8Array({ minLength: 18, maxLength: 18 }).map((some) => Buffer.from(some).toString('base64url')),
  'counters to 12 digits': digitsOf(12),
  'seconds since 1970': epoch(1),
  'milliseconds since 1970': epoch(1_000),
  'microseconds since 1970': epoch(1_000, 3),
  'nanoseconds since 1970': epoch(1_000, 6),
  'RFC 3339': moments.map((time) => time.toISOString()),
  yyyymmddhhmmss: stamp('ymdhis'),
  'yyyymmddhhmmss and milliseconds': stamp('ymdhis', 3),
  'yymmddhhmmss and a counter': stamp('Ymdhis', 4),
  'yymmdd and a counter': stamp('Ymd', 10),
  'yyyymmdd and a counter': stamp('ymd', 8),
  ddmmyyyyhhmmss: stamp('dmyhis'),
  'ddmmyyyy and a counter': stamp('dmy', 8),
  'ddmmyyhhmmss and a counter': stamp('dmYhis', 4),
  'dd-mm-yyyy-hhmmss-nn': stamp('d-m-y-his-', 2),
  'INV-yyyy-mm-dd-nnnnnnnn': stamp('INV-y-m-d-', 8),
  'phone numbers': phone,
  'phone numbers with a plus': phone.map((digits) => `+${digits}`),
  'phone numbers in pairs of digits': phone.map((digits) => digits.replaceAll(/(..)(?=.)/g, '$1 ')),
  'two phone numbers': fc.tuple(phone, phone).map(([a, b]) => `${a}-${b}`),
  'a phone number and a time': fc.tuple(phone, epoch(1)).map(([a, b]) => `${a}-${b}`),
  'a number of ten digits and a counter': fc.tuple(digitsOf(10), digitsOf(3)).map(([a, b]) => `${a}-${b}`),
  'a number of twelve digits and a counter': fc.tuple(digitsOf(12), digitsOf(4)).map(([a, b]) => `${a}-${b}`),
  'a number, a branch and a counter': fc
    .tuple(digitsOf(9), digitsOf(4), digitsOf(3))
    .map((parts) => `REF-${parts.join('-')}`),
  'German IBANs': account('DE', 18),
  'German IBANs in fours': account('DE', 18).map(inFours),
  'Danish IBANs': account('DK', 14),
  'Danish IBANs in fours': account('DK', 14).map(inFours),
  'Cameroonian IBANs': account('CM', 23),
  'articles (EAN-13)': article,
  'devices (IMEI)': digitsOf(13).map((digits) => withLuhn(`35${digits}`)),
  'SIM cards (ICCID)': digitsOf(14).map((digits) => withLuhn(`89237${digits}`)),
  'decimal fractions': fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
};

describe('fewer than one in 10,000 is taken for a card', () => {
  test.each(Object.entries(bases))('%s', (_name, arbitrary) => {
    const taken = fc.sample(arbitrary, { numRuns: RUNS, seed: 2026 }).filter(holdsCardNumber);
    expect(taken.length <= TAKEN_MAX ? [] : taken.slice(0, 5)).toEqual([]);
  });
});

/** What that costs: cards that look like something else, and numbers that look like cards. ADR 0016 has these figures. */
describe('the price', () => {
  const share = (arbitrary: fc.Arbitrary<string>): number =>
    fc.sample(arbitrary, { numRuns: RUNS, seed: 7 }).filter(holdsCardNumber).length / RUNS;

  test.each([
    ['Visa', cardOf('4', 16), 1],
    ['Visa of 13 digits, which is no longer issued', cardOf('4', 13), 0.85],
    ['Mastercard 5', cardOf('5', 16).filter((card) => /^5[1-5]/.test(card)), 1],
    ['Mastercard 2', fc.integer({ min: 2221, max: 2720 }).chain((start) => cardOf(String(start), 16)), 0.9],
    ['Mir', fc.integer({ min: 2200, max: 2204 }).chain((start) => cardOf(String(start), 16)), 0.6],
    ['American Express', cardOf('37', 15), 1],
    ['Diners Club 30', fc.integer({ min: 300, max: 305 }).chain((start) => cardOf(String(start), 14)), 0.85],
  ])('of %s are found at least as many', (_name, cards, least) => expect(share(cards)).toBeGreaterThanOrEqual(least));

  test.each([
    [13, 0.012],
    [14, 0.006],
    [15, 0.004],
    [16, 0.035],
    [17, 0.005],
    [18, 0.005],
    [19, 0.018],
    [20, 0],
  ])('of random numbers of %d digits are taken at most', (length, most) =>
    expect(share(digitsOf(length))).toBeLessThanOrEqual(most),
  );
});
