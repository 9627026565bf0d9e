import { describe, expect, test } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { check } from '../src/http/check.js';
import { isExact, Digits, parseJson } from '../src/http/json.js';
import { Problem } from '../src/http/problem.js';
import { CreatePaymentBody, ListPaymentsQuery } from '../src/routes/payments/dto.js';
import { isTime, timeOf } from '../src/routes/payments/time.js';

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('PAYMENT', 'EUR', 'PENDING', '20', ''),
);
const value = fc.oneof(
  words,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.jsonValue(),
  fc.constant(new Digits('1')),
);

describe('check', () => {
  test.each([CreatePaymentBody, ListPaymentsQuery])('%p: judges fields as class-validator does', (dto) => {
    const names = check(dto, {}).map(({ field }) => field);
    const fields = [
      ...new Set([
        ...names,
        'kind',
        'rail',
        'external_id',
        'account_id',
        'status',
        'reference',
        'limit',
        'cursor',
        'created_from',
      ]),
    ];
    fc.assert(
      fc.property(
        fc.record(Object.fromEntries(fields.map((name) => [name, value])), { requiredKeys: [] }),
        (values) => {
          const own = check(dto, values)
            .filter(({ rule }) => rule !== 'unknown-field')
            .map(({ field }) => field);
          const theirs = validateSync(Object.assign(new dto(), values), { forbidUnknownValues: false }).map(
            ({ property }) => property,
          );
          expect(own.sort()).toEqual(theirs.sort());
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('parseJson', () => {
  const plain = (parsed: unknown): unknown =>
    JSON.parse(
      JSON.stringify(parsed, (_key, one: unknown) => (one instanceof Digits ? JSON.rawJSON(one.text) : one)),
    ) as unknown;

  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(plain(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('refuses what JSON.parse refuses', () => {
    const mutated = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom(',', '"', '\\', '}', '[', ':', '0', '-', '.', 'e', '\n', '\0', 'null'),
      )
      .map(
        ([text, at, piece]) => text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(mutated, (text) => {
        let theirs: unknown;
        try {
          theirs = JSON.parse(text);
        } catch {
          expect(() => parseJson(text)).toThrow(Problem);
          return;
        }
        try {
          expect(plain(parseJson(text))).toEqual(theirs);
        } catch (error) {
          // A mutation may have made two keys equal: the one thing that only we refuse.
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).message).toMatch(/given twice/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['{"a:":":","b\\":":"\\\\"}', '{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"":{"":""}}'])(
    '%s has no key twice',
    (text) => {
      expect(plain(parseJson(text))).toEqual(JSON.parse(text));
    },
  );
});

describe('isExact', () => {
  test.each([
    '0',
    '-0',
    '0.0',
    '1',
    '1.50',
    '1e3',
    '1E+21',
    '0.1',
    '5e-324',
    '9007199254740992',
    '1.7976931348623157e308',
    '100000000000000000000',
  ])('%s is', (text) => {
    expect(isExact(new Digits(text))).toBe(true);
  });
  test.each([
    '9007199254740993',
    '12345678901234567890',
    '1e309',
    '-1e400',
    '1e-400',
    '0.10000000000000001',
    '1.79769313486231571e308',
  ])('%s is not', (text) => {
    expect(isExact(new Digits(text))).toBe(false);
  });
  test('every double is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) =>
        isExact(new Digits(JSON.stringify(number))),
      ),
    );
  });
});

describe('isTime', () => {
  test.each([
    '2024-02-29T00:00:00Z',
    '2024-01-01t23:59:59.123456789z',
    '0099-12-31T00:00:00-00:00',
    '9999-12-31T23:59:59+23:59',
  ])('%s is', (text) => {
    expect(isTime(text)).toBe(true);
    expect(timeOf(text).getTime()).not.toBeNaN();
  });
  test.each([
    '2023-02-29T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-1-1T0:0:0Z',
    '+02024-01-01T00:00:00Z',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00:00+24:00',
    '',
  ])('%j is not', (text) => {
    expect(isTime(text)).toBe(false);
  });
});
