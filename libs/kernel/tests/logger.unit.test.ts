import { describe, expect, test } from '@jest/globals';
import { errorFields } from '@ferry/kernel';

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
