import { Digits } from '@ferry/kernel';
import { describe, expect, test } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { check } from '../src/http/check.js';
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
