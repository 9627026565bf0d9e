import { expect, test } from '@jest/globals';
import { currencies, exponentOf, isCurrency, type Currency } from '../src/index.js';

/** ISO 4217 as contracts/web-standards.md section 7 quotes it: these, and two decimals for all others. */
const decimals: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const withoutMinorUnit = 'XAU XAG XPT XPD XDR XUA XSU XBA XBB XBC XBD XAD XTS XXX';
const elsewhere = new Map(
  Object.entries(decimals).flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, Number(exponent)])),
);

test.each(currencies().map((code) => [code, elsewhere.get(code) ?? 2]))('%s has %i decimals', (code, exponent) => {
  expect(exponentOf(code as Currency)).toBe(exponent);
});

test('every currency that is not of two decimals is known', () => {
  expect([...elsewhere.keys()].filter((code) => !isCurrency(code))).toEqual([]);
});

test.each('EUR USD GBP NGN GHS KES CDF ZAR MAD MGA MRU HUF ALL IDR SLE XCG ZWG VED'.split(' '))(
  '%s has two, whatever CLDR says',
  (code) => {
    expect(isCurrency(code) && exponentOf(code)).toBe(2);
  },
);

test.each([...withoutMinorUnit.split(' '), '', 'eur', 'EURO', 'EU', ' EUR', 'EUR XAF', 'constructor', '__proto__'])(
  '%p cannot be paid in',
  (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => exponentOf(code as Currency)).toThrow('not an ISO 4217 currency');
  },
);

test('the list is sorted, without repetition, three letters each', () => {
  expect(currencies()).toEqual([...new Set(currencies())].sort());
  for (const code of currencies()) expect(code).toMatch(/^[A-Z]{3}$/);
  expect(currencies()).toHaveLength(165);
});
