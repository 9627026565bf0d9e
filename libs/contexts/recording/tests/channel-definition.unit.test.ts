import { describe, expect, test } from '@jest/globals';
import { channelJson, isChannelName, parseChannel, type JsonValue } from '@ferry/recording';
import { channelFixtures, flatJson } from '../testing/channel-fixtures.js';

type Json = Record<string, JsonValue>;
const fields = flatJson.definition['fields'] as Json;
const hmac = { scheme: 'hmac-sha256', header: 'X-S' };
const faultsOf = (definition: JsonValue, name = 'orders'): readonly string[] => {
  const result = parseChannel(name, definition);
  return 'faults' in result ? result.faults.map(({ path, rule }) => `${path} ${rule}`) : [];
};
const withField = (name: string, field: JsonValue): Json => ({
  ...flatJson.definition,
  fields: { ...fields, [name]: field },
});
const withSignature = (signature: JsonValue): Json => ({ ...flatJson.definition, signature });

test.each(channelFixtures)('$name: what is written down is read back', ({ definition }) => {
  const result = parseChannel('orders', definition);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  expect(parseChannel('orders', JSON.parse(JSON.stringify(channelJson(result.channel))) as JsonValue)).toEqual(result);
});

test('all mistakes are told together, each under its path', () => {
  const definition = {
    format: 'xml',
    payments: 'data',
    colour: 'blue',
    fields: { ...fields, amount: { pointer: '/a', unit: 'cents' }, cif: { pointer: '/a', constant: 'b' }, age: {} },
    signature: { scheme: 'hmac-sha256', signed: '{timestamp}' },
    allowed_addresses: ['10.0.0.1/8'],
    requests_per_minute: 0,
    currency: 'EURO',
    business_unit_id: '',
  };
  expect(faultsOf(definition)).toEqual([
    'colour is unknown',
    'signature.header is required',
    'signature.signed must have {body} once',
    'signature.signed has a {timestamp} of which nothing is said',
    'fields.age is unknown',
    'fields.cif must have either a pointer or a constant',
    'fields.amount.unit must be one of major, minor',
    'format must be one of json, form',
    'payments must be a JSON pointer (RFC 6901)',
    'allowed_addresses must be 100 addresses or CIDR ranges at most',
    'requests_per_minute must be a whole number from 1 to 1000000',
    'currency must be an ISO 4217 code',
    'business_unit_id must be the id of a business unit',
  ]);
});

describe('a definition is refused', () => {
  test.each<[string, JsonValue, string]>([
    ['that is no object', [], ' must be an object'],
    ['without a signature', { fields }, 'signature is required'],
    ['without fields', { signature: { scheme: 'none' } }, 'fields is required'],
    [
      'without a needed field',
      { ...flatJson.definition, fields: { ...fields, cif: undefined as never } },
      'fields.cif is required',
    ],
    [
      'with a pointer that is none',
      withField('cif', { pointer: '/a~2' }),
      'fields.cif.pointer must be a JSON pointer (RFC 6901)',
    ],
    [
      'with a pattern without a zone',
      withField('payment_date', { pointer: '/a', format: 'yyyy-MM-dd' }),
      'fields.payment_date.time_zone belongs to a pattern, which has no zone of its own',
    ],
    [
      'with a zone beside an instant',
      withField('payment_date', { pointer: '/a', format: 'epoch-seconds', time_zone: 'UTC' }),
      'fields.payment_date.time_zone belongs to a pattern, which has no zone of its own',
    ],
    [
      'with a pattern without a day',
      withField('payment_date', { pointer: '/a', format: 'yyyy-MM', time_zone: 'UTC' }),
      'fields.payment_date.format must be rfc3339, epoch-seconds, epoch-milliseconds or a pattern like yyyy-MM-dd HH:mm:ss',
    ],
    [
      'with a pattern that is an expression',
      withField('payment_date', { pointer: '/a', format: 'yyyyMMdd(.*)+', time_zone: 'UTC' }),
      'fields.payment_date.format must be rfc3339, epoch-seconds, epoch-milliseconds or a pattern like yyyy-MM-dd HH:mm:ss',
    ],
    [
      'with a zone of another planet',
      withField('payment_date', { pointer: '/a', format: 'yyyyMMdd', time_zone: 'Mars/Olympus' }),
      'fields.payment_date.time_zone must be an IANA time zone',
    ],
    [
      'whose time is not signed',
      withSignature({ ...hmac, timestamp: { header: 'X-T' } }),
      'signature.signed must have {timestamp} once',
    ],
    ['whose body is not signed', withSignature({ ...hmac, signed: 'x' }), 'signature.signed must have {body} once'],
    [
      'with an endless tolerance',
      withSignature({ scheme: 'standard-webhooks', tolerance_seconds: 86_400 }),
      'signature.tolerance_seconds must be a whole number from 1 to 3600',
    ],
    [
      'with a header that holds our own keys',
      withSignature({ ...hmac, header: 'Authorization' }),
      'signature.header must be the name of a header',
    ],
    [
      'with a member of another scheme',
      withSignature({ scheme: 'none', header: 'X-S' }),
      'signature.header is unknown',
    ],
    [
      'of a form with a list',
      { ...flatJson.definition, format: 'form', payments: '/a' },
      'payments has no place in a form',
    ],
  ])('%s', (_what, definition, fault) => {
    expect(faultsOf(definition)).toContain(fault);
  });

  test('of the generic channel that changes its shape', () => {
    const shaped = faultsOf({ ...flatJson.definition, format: 'json' }, 'generic');
    expect(shaped).toEqual(['format is fixed for the generic channel', 'fields is fixed for the generic channel']);
    expect(faultsOf({ signature: { scheme: 'none' } }, 'generic')).toEqual([]);
  });
});

test.each([
  ['orders', true],
  ['a-1', true],
  ['Orders', false],
  ['', false],
  ['a/b', false],
  ['__proto__', false],
  ['a'.repeat(41), false],
])('%s may be the name of a channel: %s', (name, may) => {
  expect(isChannelName(name)).toBe(may);
});
