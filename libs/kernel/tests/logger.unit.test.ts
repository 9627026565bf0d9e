import { describe, expect, test } from '@jest/globals';
import { errorFields, type LogFields } from '@ferry/kernel';

describe('errorFields', () => {
  test.each([
    [new Error('away'), { error: 'away', error_code: undefined }],
    [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), { error: 'refused', error_code: 'ECONNREFUSED' }],
    [new TypeError(), { error: 'TypeError', error_code: undefined }],
    ['a text', { error: 'a text' }],
    [undefined, { error: 'a thrown undefined' }],
    [Object.create(null), { error: 'a thrown object' }],
  ])('says something of whatever is thrown', (thrown, fields) => {
    expect(errorFields(thrown)).toEqual(fields);
  });
});

test('a line that names something of a tenant and not the tenant does not compile', () => {
  const lines: readonly LogFields[] = [
    { attempts: 1, ...errorFields(new Error('away')) },
    { tenant_id: 'acme', payment_id: 'p1' },
    { tenant_id: undefined, request_id: 'r1' },
    // @ts-expect-error -- whose payment?
    { payment_id: 'p1', attempts: 1 },
    // @ts-expect-error -- whose request?
    { request_id: 'r1', ...errorFields(new Error('away')) },
  ];
  expect(lines).toHaveLength(5);
});
