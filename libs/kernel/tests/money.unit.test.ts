import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AMOUNT_DIGITS_MAX, currencies, exponentOf, formatMoney, parseMoney, type Money } from '../src/index.js';
import { cpuMs } from '../../../tests/harness/cpu.js';

const AMOUNT_MAX = 10n ** BigInt(AMOUNT_DIGITS_MAX) - 1n;
const currency = fc.constantFrom(...currencies());
const amountMinor = fc.bigInt({ min: 1n, max: AMOUNT_MAX });
const money = fc.record({ amountMinor, currency });

const parsed = (text: string, code: string): Money => {
  const result = parseMoney(text, code);
  if ('fault' in result) throw new Error(`${text} ${code}: ${result.fault}`);
  return result.money;
};

describe('parseMoney', () => {
  test('reads back what formatMoney writes, in every currency', () => {
    for (const code of currencies())
      for (const amount of [1n, 9n, 10n, 100n, 12_345n, AMOUNT_MAX - 1n, AMOUNT_MAX])
        expect(parsed(formatMoney({ amountMinor: amount, currency: code }), code).amountMinor).toBe(amount);
    fc.assert(fc.property(money, (one) => expect(parsed(formatMoney(one), one.currency)).toEqual(one)));
  });

  test('reads the same amount from any way of writing it', () => {
    fc.assert(
      fc.property(money, fc.nat(30), fc.integer({ min: -20, max: 20 }), (one, zeros, power) => {
        const exponent = exponentOf(one.currency);
        const text = formatMoney(one);
        const padded = (exponent === 0 && zeros > 0 ? `${text}.` : text) + '0'.repeat(zeros);
        expect(parsed(padded, one.currency)).toEqual(one);
        expect(parsed(shifted(one.amountMinor, exponent, power), one.currency)).toEqual(one);
      }),
    );
  });

  test('never accepts what the currency cannot express', () => {
    const beyond = fc.tuple(money, fc.integer({ min: 1, max: 9 }), fc.nat(10), fc.nat(10));
    fc.assert(
      fc.property(beyond, ([one, digit, zerosBefore, zerosAfter]) => {
        const dot = exponentOf(one.currency) === 0 ? '.' : '';
        const text = `${formatMoney(one)}${dot}${'0'.repeat(zerosBefore)}${digit}${'0'.repeat(zerosAfter)}`;
        expect(parseMoney(text, one.currency)).toEqual({ fault: 'too-many-decimals' });
      }),
    );
  });

  test('whatever is accepted is positive, has at most 15 digits, and means the number that was written', () => {
    const written = fc.tuple(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.nat(25),
      fc.integer({ min: -30, max: 30 }),
    );
    fc.assert(
      fc.property(written, currency, ([digits, decimals, power], code) => {
        const result = parseMoney(shifted(digits, decimals, power), code);
        const scale = exponentOf(code) - decimals;
        const exact =
          scale >= 0
            ? digits * 10n ** BigInt(scale)
            : digits % 10n ** BigInt(-scale) === 0n
              ? digits / 10n ** BigInt(-scale)
              : undefined;
        if ('money' in result) {
          expect(result.money.amountMinor).toBe(exact);
          expect(result.money.amountMinor).toBeGreaterThan(0n);
          expect(result.money.amountMinor).toBeLessThanOrEqual(AMOUNT_MAX);
        } else if (exact !== undefined && exact > 0n) {
          expect(result.fault).toBe('too-many-digits');
          expect(exact).toBeGreaterThan(AMOUNT_MAX);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('answers any text at all, and never with a number it did not read', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('', '.', '-', '1.', '.5', '1e')),
        (text) => {
          const result = parseMoney(text, 'EUR');
          if ('money' in result) expect(Number(formatMoney(result.money))).toBeCloseTo(Number(text), 6);
        },
      ),
    );
  });

  test.each([
    ['100.50', 'EUR', 10_050n],
    ['100.5', 'EUR', 10_050n],
    ['1e3', 'EUR', 100_000n],
    ['1.5E+2', 'XAF', 150n],
    ['10e-2', 'EUR', 10n],
    ['0.10e1', 'XAF', 1n],
    ['1500.00', 'XAF', 1_500n],
    ['1500', 'XAF', 1_500n],
    ['0.001', 'KWD', 1n],
    ['0.0001', 'CLF', 1n],
    ['999999999999999', 'XAF', AMOUNT_MAX],
    ['9999999999999.99', 'EUR', AMOUNT_MAX],
    ['9007199254740993e-3', 'KWD', undefined],
  ])('%s %s is %p minor units', (text, code, expected) => {
    const result = parseMoney(text, code);
    expect('money' in result ? result.money.amountMinor : undefined).toBe(expected);
  });

  test.each([
    ['1500.50', 'XAF', 'too-many-decimals'],
    ['0.001', 'EUR', 'too-many-decimals'],
    ['1e-3', 'EUR', 'too-many-decimals'],
    ['0.0001', 'KWD', 'too-many-decimals'],
    ['10000000000000.00', 'EUR', 'too-many-digits'],
    ['1000000000000000', 'XAF', 'too-many-digits'],
    ['1e21', 'XAF', 'too-many-digits'],
    ['1e999', 'EUR', 'too-many-digits'],
    ['0', 'EUR', 'not-positive'],
    ['-0', 'EUR', 'not-positive'],
    ['0.00e5', 'EUR', 'not-positive'],
    ['-1', 'EUR', 'not-positive'],
    ['1', 'XXX', 'unknown-currency'],
    ['1', 'eur', 'unknown-currency'],
    ...[
      '',
      ' 1',
      '1 ',
      '1\n',
      '+1',
      '01',
      '00',
      '1.',
      '.5',
      '1,5',
      '1_000',
      '0x10',
      '1e',
      '1e1000',
      'Infinity',
      'NaN',
      '１',
    ].map((text) => [text, 'EUR', 'not-a-number'] as const),
  ])('%j %s is refused: %s', (text, code, fault) => {
    expect(parseMoney(text, code)).toEqual({ fault });
  });

  test('a megabyte of digits is refused in no time', () => {
    const texts = ['9'.repeat(1e6), `1.${'0'.repeat(1e6)}`, `0.${'0'.repeat(1e6)}1`, '0'.repeat(1e6)];
    expect(cpuMs(() => texts.forEach((text) => parseMoney(text, 'EUR')))).toBeLessThan(2_000);
  });
});

describe('formatMoney', () => {
  test('sums: adding minor units is adding what is written', () => {
    fc.assert(
      fc.property(
        currency,
        fc.array(fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX }), { maxLength: 20 }),
        (code, amounts) => {
          const written = amounts.map((amount) => formatMoney({ amountMinor: amount, currency: code }));
          const sum = written.reduce((total, text) => total + minorUnits(text), 0n);
          expect(sum).toBe(amounts.reduce((total, amount) => total + amount, 0n));
        },
      ),
    );
  });

  test('shows exactly the decimals of the currency', () => {
    fc.assert(
      fc.property(money, (one) => {
        expect(formatMoney(one).split('.')[1]?.length ?? 0).toBe(exponentOf(one.currency));
        expect(formatMoney({ ...one, amountMinor: -one.amountMinor })).toBe(`-${formatMoney(one)}`);
      }),
    );
  });

  test.each([
    [1n, 'EUR', '0.01'],
    [0n, 'EUR', '0.00'],
    [-5n, 'EUR', '-0.05'],
    [10_050n, 'EUR', '100.50'],
    [1_500n, 'XAF', '1500'],
    [1n, 'KWD', '0.001'],
    [1n, 'CLF', '0.0001'],
  ])('%p %s is %s', (amount, code, text) => {
    expect(formatMoney({ amountMinor: amount, currency: parsed('1', code).currency })).toBe(text);
  });
});

/** `digits` x 10^-`decimals`, written with the exponent `power`. */
function shifted(digits: bigint, decimals: number, power: number): string {
  const sign = digits < 0n ? '-' : '';
  const scale = decimals + power;
  const text = (digits < 0n ? -digits : digits).toString().padStart(Math.max(scale, 0) + 1, '0');
  if (scale <= 0) return `${sign}${text === '0' ? '0' : text + '0'.repeat(-scale)}e${power}`;
  return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}e${power}`;
}

/** Reads written digits without the code under test. */
function minorUnits(text: string): bigint {
  return BigInt(text.replace('.', ''));
}
