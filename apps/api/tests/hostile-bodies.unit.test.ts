import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { anApi, closeApis, faultsOf, post, type Api } from './an-api.js';

let api: Api;
beforeEach(async () => {
  api = await anApi();
});
afterEach(closeApis);

/** A good body with some members replaced or added as raw JSON text. */
const raw = (members: Readonly<Record<string, string>>): string => {
  const all = { amount: '1', currency: '"EUR"', reference: '"a"', ...members };
  return `{${Object.entries(all)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .join(',')}}`;
};

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const serverOwned = [
  'id',
  'status',
  'tenant_id',
  'attempts',
  'created_at',
  'updated_at',
  'version',
  'reason',
  'attention',
  'provider_reference',
  'next_attempt_at',
  'lease_until',
  'origin',
];

/** What it is, the body, the code, and the faults that must be named. */
const cases: readonly (readonly [string, string, string, ...string[]])[] = [
  // Not JSON, or not JSON that can be trusted
  ['nothing', '', 'malformed-json'],
  ['a word', 'hello', 'malformed-json'],
  ['an open object', '{"amount":1', 'malformed-json'],
  ['a trailing comma', '{"amount":1,}', 'malformed-json'],
  ['single quotes', "{'amount':1}", 'malformed-json'],
  ['a comment', '{"amount":1/* x */}', 'malformed-json'],
  ['two documents', '{}{}', 'malformed-json'],
  ['a byte order mark', '\ufeff{}', 'malformed-json'],
  ['NaN', raw({ amount: 'NaN' }), 'malformed-json'],
  ['Infinity', raw({ amount: 'Infinity' }), 'malformed-json'],
  ['a leading zero', raw({ amount: '01' }), 'malformed-json'],
  ['a leading plus', raw({ amount: '+1' }), 'malformed-json'],
  ['a bare point', raw({ amount: '.5' }), 'malformed-json'],
  ['hexadecimal', raw({ amount: '0x10' }), 'malformed-json'],
  ['undefined', raw({ amount: 'undefined' }), 'malformed-json'],
  ['a raw control character', raw({ reference: '"a\u0001b"' }), 'malformed-json'],
  ['a duplicate key', '{"amount":1,"amount":2,"currency":"EUR","reference":"a"}', 'malformed-json'],
  ['a duplicate key of equal value', '{"amount":1,"amount":1,"currency":"EUR","reference":"a"}', 'malformed-json'],
  ['a duplicate key in escapes', '{"amount":1,"\\u0061mount":2,"currency":"EUR","reference":"a"}', 'malformed-json'],
  ['a duplicate key in metadata', raw({ metadata: '{"a":1,"a":2}' }), 'malformed-json'],
  ['20,000 levels of arrays', '['.repeat(20_000) + ']'.repeat(20_000), 'malformed-json'],
  ['10,000 levels of metadata', raw({ metadata: nested(10_000) }), 'malformed-json'],
  [
    'a body of 65,537 bytes',
    raw({ reference: `"${'a'.repeat(65_537 - raw({ reference: '""' }).length)}"` }),
    'body-too-large',
  ],
  // Not an object
  ['null', 'null', 'invalid-request', 'body object'],
  ['true', 'true', 'invalid-request', 'body object'],
  ['a number', '1', 'invalid-request', 'body object'],
  ['a string', '"amount"', 'invalid-request', 'body object'],
  ['an array', '[]', 'invalid-request', 'body object'],
  ['an array of a good body', `[${raw({})}]`, 'invalid-request', 'body object'],
  // Amounts
  ['amount 1e21', raw({ amount: '1e21' }), 'invalid-request', 'amount too-many-digits'],
  ['amount 1e999', raw({ amount: '1e999' }), 'invalid-request', 'amount too-many-digits'],
  ['amount 1e9999', raw({ amount: '1e9999' }), 'invalid-request', 'amount not-a-number'],
  ['amount 1e-999', raw({ amount: '1e-999' }), 'invalid-request', 'amount too-many-decimals'],
  ['amount -0', raw({ amount: '-0' }), 'invalid-request', 'amount not-positive'],
  ['amount 0', raw({ amount: '0' }), 'invalid-request', 'amount not-positive'],
  ['amount 0.00', raw({ amount: '0.00' }), 'invalid-request', 'amount not-positive'],
  ['amount -1', raw({ amount: '-1' }), 'invalid-request', 'amount not-positive'],
  ['amount true', raw({ amount: 'true' }), 'invalid-request', 'amount number-or-string'],
  ['amount null', raw({ amount: 'null' }), 'invalid-request', 'amount number-or-string'],
  ['amount []', raw({ amount: '[]' }), 'invalid-request', 'amount number-or-string'],
  ['amount [1]', raw({ amount: '[1]' }), 'invalid-request', 'amount number-or-string'],
  ['amount {}', raw({ amount: '{}' }), 'invalid-request', 'amount number-or-string'],
  ['amount like our Digits', raw({ amount: '{"text":"1"}' }), 'invalid-request', 'amount number-or-string'],
  ['amount 12345678901234567890', raw({ amount: '12345678901234567890' }), 'invalid-request', 'amount too-many-digits'],
  ['amount of 10,000 digits', raw({ amount: '9'.repeat(10_000) }), 'invalid-request', 'amount too-many-digits'],
  ['amount 0.1 + 0.2', raw({ amount: '0.30000000000000004' }), 'invalid-request', 'amount too-many-decimals'],
  ['amount 1.234 EUR', raw({ amount: '1.234' }), 'invalid-request', 'amount too-many-decimals'],
  ['amount 1.5 XAF', raw({ amount: '1.5', currency: '"XAF"' }), 'invalid-request', 'amount too-many-decimals'],
  ['amount ""', raw({ amount: '""' }), 'invalid-request', 'amount not-a-number'],
  ['amount " 1"', raw({ amount: '" 1"' }), 'invalid-request', 'amount not-a-number'],
  ['amount "1,5"', raw({ amount: '"1,5"' }), 'invalid-request', 'amount not-a-number'],
  ['amount "١"', raw({ amount: '"١"' }), 'invalid-request', 'amount not-a-number'],
  ['amount "1n"', raw({ amount: '"1n"' }), 'invalid-request', 'amount not-a-number'],
  ['amount "0x1"', raw({ amount: '"0x1"' }), 'invalid-request', 'amount not-a-number'],
  ['amount "Infinity"', raw({ amount: '"Infinity"' }), 'invalid-request', 'amount not-a-number'],
  ['amount with a line end', raw({ amount: '"1\\n"' }), 'invalid-request', 'amount not-a-number'],
  // Currencies
  ['currency eur', raw({ currency: '"eur"' }), 'invalid-request', 'currency unknown-currency'],
  ['currency XAU', raw({ currency: '"XAU"' }), 'invalid-request', 'currency unknown-currency'],
  ['currency XXX', raw({ currency: '"XXX"' }), 'invalid-request', 'currency unknown-currency'],
  ['currency ""', raw({ currency: '""' }), 'invalid-request', 'currency unknown-currency'],
  ['currency __proto__', raw({ currency: '"__proto__"' }), 'invalid-request', 'currency unknown-currency'],
  ['currency null', raw({ currency: 'null' }), 'invalid-request', 'currency string'],
  ['currency 978', raw({ currency: '978' }), 'invalid-request', 'currency string'],
  ['currency ["EUR"]', raw({ currency: '["EUR"]' }), 'invalid-request', 'currency string'],
  // Texts
  ['reference null', raw({ reference: 'null' }), 'invalid-request', 'reference string'],
  ['reference 1', raw({ reference: '1' }), 'invalid-request', 'reference string'],
  ['reference {}', raw({ reference: '{}' }), 'invalid-request', 'reference string'],
  ['reference ""', raw({ reference: '""' }), 'invalid-request', 'reference length'],
  ['reference of 256', raw({ reference: `"${'a'.repeat(256)}"` }), 'invalid-request', 'reference length'],
  ['reference with NUL', raw({ reference: '"a\\u0000"' }), 'invalid-request', 'reference characters'],
  ['reference with a line end', raw({ reference: '"a\\nb"' }), 'invalid-request', 'reference characters'],
  ['reference with DEL', raw({ reference: '"\u007f"' }), 'invalid-request', 'reference characters'],
  ['reference with C1', raw({ reference: '"\u0085"' }), 'invalid-request', 'reference characters'],
  ['reference with half a pair', raw({ reference: '"\\ud800"' }), 'invalid-request', 'reference characters'],
  [
    'reference with a pair turned round',
    raw({ reference: '"\\udc00\\ud800"' }),
    'invalid-request',
    'reference characters',
  ],
  ['external_id of 65', raw({ external_id: `"${'a'.repeat(65)}"` }), 'invalid-request', 'external_id length'],
  ['external_id null', raw({ external_id: 'null' }), 'invalid-request', 'external_id string'],
  ['account_id ""', raw({ account_id: '""' }), 'invalid-request', 'account_id length'],
  ['account_id false', raw({ account_id: 'false' }), 'invalid-request', 'account_id string'],
  ['account_id with NUL', raw({ account_id: '"\\u0000"' }), 'invalid-request', 'account_id characters'],
  // Words
  ['kind payment', raw({ kind: '"payment"' }), 'invalid-request', 'kind one-of'],
  ['kind null', raw({ kind: 'null' }), 'invalid-request', 'kind one-of'],
  ['kind ["PAYMENT"]', raw({ kind: '["PAYMENT"]' }), 'invalid-request', 'kind one-of'],
  ['rail pigeon', raw({ rail: '"pigeon"' }), 'invalid-request', 'rail one-of'],
  ['rail constructor', raw({ rail: '"constructor"' }), 'invalid-request', 'rail one-of'],
  ['rail 1', raw({ rail: '1' }), 'invalid-request', 'rail string'],
  // Metadata
  ['metadata null', raw({ metadata: 'null' }), 'invalid-request', 'metadata object'],
  ['metadata []', raw({ metadata: '[]' }), 'invalid-request', 'metadata object'],
  ['metadata "x"', raw({ metadata: '"x"' }), 'invalid-request', 'metadata object'],
  ['metadata 1', raw({ metadata: '1' }), 'invalid-request', 'metadata object'],
  ['metadata of 6 levels', raw({ metadata: nested(6) }), 'invalid-request', 'metadata depth'],
  ['metadata with lists too deep', raw({ metadata: '{"a":[[[[[1]]]]]}' }), 'invalid-request', 'metadata depth'],
  [
    'metadata of 51 keys',
    raw({ metadata: JSON.stringify(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 1]))) }),
    'invalid-request',
    'metadata keys',
  ],
  [
    'metadata of 51 keys within',
    raw({ metadata: `{"a":${JSON.stringify(Array.from({ length: 50 }, () => ({ b: 1 })))}}` }),
    'invalid-request',
    'metadata keys',
  ],
  ['metadata of 4097 bytes', raw({ metadata: `{"a":"${'é'.repeat(2045)}"}` }), 'invalid-request', 'metadata bytes'],
  ['metadata with NUL', raw({ metadata: '{"a":"\\u0000"}' }), 'invalid-request', 'metadata characters'],
  ['metadata with a NUL key', raw({ metadata: '{"\\u0000":1}' }), 'invalid-request', 'metadata characters'],
  ['metadata with half a pair', raw({ metadata: '{"a":["\\udfff"]}' }), 'invalid-request', 'metadata characters'],
  [
    'metadata 12345678901234567890',
    raw({ metadata: '{"a":12345678901234567890}' }),
    'invalid-request',
    'metadata inexact-number',
  ],
  ['metadata 1e400', raw({ metadata: '{"a":1e400}' }), 'invalid-request', 'metadata inexact-number'],
  [
    'metadata 0.1 with too many digits',
    raw({ metadata: '{"a":0.1000000000000000055511151231257827}' }),
    'invalid-request',
    'metadata inexact-number',
  ],
  [
    'metadata __proto__',
    raw({ metadata: '{"__proto__":{"admin":true}}' }),
    'invalid-request',
    'metadata forbidden-key',
  ],
  [
    'metadata __proto__ within',
    raw({ metadata: '{"a":{"__proto__":1}}' }),
    'invalid-request',
    'metadata forbidden-key',
  ],
  // Fields that nobody may set, or that every JavaScript object seems to have
  ...serverOwned.map(
    (name) => [`${name} in the body`, raw({ [name]: '"x"' }), 'invalid-request', `${name} unknown-field`] as const,
  ),
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', ''].map(
    (name) =>
      [`the key ${JSON.stringify(name)}`, raw({ [name]: '{}' }), 'invalid-request', `${name} unknown-field`] as const,
  ),
];

// The `__proto__` of an object literal is not a member: said here as text.
const proto = '{"__proto__":{"amount":1},"amount":1,"currency":"EUR","reference":"a"}';

test('the table is long', () => expect(cases.length).toBeGreaterThan(100));

describe('each is a 4xx with a code, and nothing is written', () => {
  test.each(cases)('%s', async (name, body, code, ...faults) => {
    const response = await post(api, name === 'the key "__proto__"' ? proto : body);
    expect({ code: response.body.code, faults: faultsOf(response) }).toEqual({ code, faults });
    expect(response.status).toBe(code === 'body-too-large' ? 413 : 400);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(api.repository.events).toHaveLength(0);
  });

  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('{"reference":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const response = await api.call
      .post('/api/v1/payments')
      .set('Content-Type', 'application/json')
      .serialize(() => bytes as never)
      .send({});
    expect(response.body.code).toBe('malformed-json');
  });

  test('UTF-16', async () => {
    const bytes = Buffer.from(raw({}), 'utf16le');
    const response = await api.call
      .post('/api/v1/payments')
      .set('Content-Type', 'application/json')
      .serialize(() => bytes as never)
      .send({});
    expect(response.body.code).toBe('malformed-json');
  });
});

describe('declared as something else', () => {
  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/xml'],
    ['application/json-patch+json'],
    ['application/json; charset=latin1'],
    ['application/jsonx'],
    ['multipart/form-data; boundary=x'],
  ])('%s is 415', async (type) => {
    const { status, body } = await post(api, raw({}), { 'Content-Type': type });
    expect([status, body.code]).toEqual([415, 'unsupported-media-type']);
  });

  test('compressed is 415', async () => {
    const { status, body } = await post(api, raw({}), { 'Content-Encoding': 'gzip' });
    expect([status, body.code]).toEqual([415, 'unsupported-media-type']);
  });
});
