import { describe, expect, test } from '@jest/globals';
import { parseChannel, readWebhook, undeclaredGeneric, type Channel, type JsonValue } from '@ferry/recording';
import { channelFixtures, flatJson, genericBody, manyInOne, nestedJson } from '../testing/channel-fixtures.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const JSON_TYPE = 'application/json';
const channelOf = (definition: JsonValue): Channel => {
  const result = parseChannel('orders', definition);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.channel;
};
const read = (
  channel: Channel,
  body: string | Buffer,
  contentType = JSON_TYPE,
  paymentChannel: string | undefined = 'orders',
) => readWebhook(channel, Buffer.from(body as string), contentType, { paymentChannel, now: NOW });
const only = (result: ReturnType<typeof read>) => {
  if ('reason' in result) throw new Error(result.reason);
  return result.payments[0];
};
/** `field rule pointer` of each fault of the first payment. */
const faultsOf = (result: ReturnType<typeof read>): readonly string[] => {
  const payment = only(result);
  return payment && 'faults' in payment
    ? payment.faults.map(({ field, rule, pointer }) => `${field} ${rule} ${pointer}`)
    : [];
};

test.each(channelFixtures)('$name', ({ definition, contentType, body, payments }) => {
  const result = read(channelOf(definition), body, contentType);
  if ('reason' in result) throw new Error(result.reason);
  const facts = result.payments.map((one) => {
    if ('faults' in one) throw new Error(JSON.stringify(one.faults));
    const { referenceNumber, money, paymentDate, paymentChannel } = one.fact;
    return [referenceNumber, money.amountMinor, money.currency, paymentDate.toISOString(), paymentChannel];
  });
  expect(facts).toEqual(payments);
  expect(result.isList).toBe(payments.length > 1);
});

describe('what is taken along', () => {
  test('as metadata: an object as it stands, or single values', () => {
    expect(only(read(channelOf(nestedJson.definition), nestedJson.body))).toMatchObject({
      fact: { metadata: { loan: 'LN-200', customer: { cif: 'C-9' } } },
    });
    expect(only(read(channelOf(flatJson.definition), flatJson.body))).toMatchObject({
      fact: { cif: '4711', metadata: { branch: 'Bonanjo' } },
    });
  });

  test('numbers lose no digit: those that a double does not hold stay texts', () => {
    const body = JSON.stringify({ ...genericBody, metadata: { a: 1.5 } }).replace(
      '1.5',
      '12345678901234567890,"b":1.50,"c":2',
    );
    expect(only(read(undeclaredGeneric, body))).toMatchObject({
      fact: { metadata: { a: '12345678901234567890', b: '1.50', c: 2 } },
    });
  });
});

describe('a payment channel that is blank is not told', () => {
  const blanks = ['', '  ', '\t'];

  test.each(blanks)('in the generic body: %j', (payment_channel) => {
    const body = Buffer.from(JSON.stringify({ ...genericBody, payment_channel }));
    const generic = only(readWebhook(undeclaredGeneric, body, JSON_TYPE, { now: NOW }));
    expect(generic).toMatchObject({ fact: { paymentChannel: undefined } });
  });

  test.each(blanks)('in the body of a channel, whose name is taken: %j', (type) => {
    const fields = { ...(nestedJson.definition['fields'] as object), payment_channel: { pointer: '/kind' } };
    const body = JSON.stringify({ kind: type, ...(JSON.parse(nestedJson.body) as object) });
    expect(only(read(channelOf({ ...nestedJson.definition, fields }), body))).toMatchObject({
      fact: { paymentChannel: 'orders' },
    });
  });
});

describe('amounts', () => {
  const amount = (unit: string, digits: string, currency = 'EUR'): unknown => {
    const definition = { ...nestedJson.definition, currency };
    const fields = {
      ...(nestedJson.definition['fields'] as Record<string, JsonValue>),
      amount: { pointer: '/data/object/amount', unit },
    };
    const result = only(read(channelOf({ ...definition, fields }), nestedJson.body.replace('12345', digits)));
    return result && 'fact' in result ? result.fact.money.amountMinor : result?.faults.map(({ rule }) => rule).join();
  };

  test.each([
    ['major', '0.1', 10n],
    ['major', '999999999999.99', 99999999999999n],
    ['major', '9007199254740993', 'too-many-digits'],
    ['major', '"12.34"', 1234n],
    ['major', '1.005', 'too-many-decimals'],
    ['minor', '12345', 12345n],
    ['minor', '"12345"', 12345n],
    ['minor', '12345.0', 12345n],
    ['minor', '12345.5', 'too-many-decimals'],
    ['minor', '999999999999999', 999999999999999n],
    ['minor', '1e3', 1000n],
    ['minor', '1.5E+3', 1500n],
    ['minor', '"1e2e3"', 'not-a-number'],
    ['minor', '-5', 'not-positive'],
    ['minor', 'true', 'not-a-number'],
    ['minor', '"12,345"', 'not-a-number'],
  ])('in %s units %s', (unit, digits, expected) => {
    expect(amount(unit, digits)).toBe(expected);
  });

  test('minor units are those of the currency', () => {
    expect(amount('minor', '5', 'KWD')).toBe(5n);
    expect(amount('major', '0.005', 'KWD')).toBe(5n);
    expect(amount('minor', '1500', 'XAF')).toBe(1500n);
  });
});

describe('nothing can be read', () => {
  const generic = (body: string | Buffer, contentType = JSON_TYPE) => read(undeclaredGeneric, body, contentType);
  test.each<[string, () => ReturnType<typeof read>, string]>([
    ['in another type', () => generic('{}', 'text/plain'), 'content-type'],
    ['in a form that is JSON', () => generic('a=1', 'application/x-www-form-urlencoded'), 'content-type'],
    ['in bytes that are no text', () => generic(Buffer.from([0x22, 0xff, 0x22])), 'not-utf8'],
    ['behind a byte order mark', () => generic('\ufeff{}'), 'not-json'],
    ['in half a body', () => generic('{"a":'), 'not-json'],
    ['in a name given twice', () => generic('{"amount":1,"amount":1}'), 'not-json'],
    ['50,000 levels down', () => generic('['.repeat(25_000) + ']'.repeat(25_000)), 'not-json'],
    ['60 levels down', () => generic('['.repeat(60) + ']'.repeat(60)), 'not-json'],
    ['where the list should be', () => read(channelOf(manyInOne.definition), '{"batch":{}}'), 'no-payments'],
    [
      'in too long a list',
      () => read(channelOf(flatJson.definition), `[${Array<string>(1_001).fill('1').join()}]`),
      'too-many',
    ],
    [
      'in a form with a field given twice',
      () => read(channelOf({ ...flatJson.definition, format: 'form' }), 'a=1&a=1', 'application/x-www-form-urlencoded'),
      'not-form',
    ],
    [
      'in a form with broken encoding',
      () => read(channelOf({ ...flatJson.definition, format: 'form' }), 'a=%ff', 'application/x-www-form-urlencoded'),
      'not-form',
    ],
  ])('%s', (_what, result, reason) => {
    expect(result()).toMatchObject({ reason });
  });
});

describe('faults', () => {
  test('name the field and the place where it stands in the body', () => {
    expect(faultsOf(read(channelOf(nestedJson.definition), '{"data":{"object":{"amount":"x"}}}'))).toEqual([
      'reference_number required /data/object/id',
      'loan_account_number required /data/object/order/loan',
      'cif required /data/object/order/customer/cif',
      'amount not-a-number /data/object/amount',
      'payment_date required /data/object/created',
    ]);
  });

  test('in a list leave the other payments alone', () => {
    const result = read(channelOf(manyInOne.definition), manyInOne.body.replace('"C1"', 'null'));
    if ('reason' in result) throw new Error(result.reason);
    expect(result.payments[0]).toMatchObject({
      referenceNumber: 'A-1',
      faults: [{ field: 'cif', pointer: '/batch/items/0/cif' }],
    });
    expect(result.payments[1]).toHaveProperty('fact');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a field that is none of ours', { tenant_id: 'x' }, 'tenant_id unknown-field /tenant_id'],
    ['a reference that is an object', { reference_number: {} }, 'reference_number string /reference_number'],
    [
      'a payment of the day after tomorrow',
      { payment_date: '2026-03-03T00:00:00Z' },
      'payment_date future /payment_date',
    ],
    ['a date that does not exist', { payment_date: '2026-02-29T00:00:00Z' }, 'payment_date time /payment_date'],
    ['no currency at all', { currency: undefined }, 'currency required /currency'],
    ['a currency that is none', { currency: 'ZZZ' }, 'currency unknown-currency /currency'],
  ])('of the generic shape: %s', (_what, changed, fault) => {
    expect(
      faultsOf(read(undeclaredGeneric, JSON.stringify({ ...genericBody, ...changed }), JSON_TYPE, undefined)),
    ).toEqual([fault]);
  });

  test('of the generic shape that is no object', () => {
    expect(faultsOf(read(undeclaredGeneric, '[{}]'))).toContain('body object ');
  });
});

describe('pointers find own members only', () => {
  test.each(['/__proto__', '/constructor', '/constructor/name', '/toString', '/length'])('%s', (pointer) => {
    const fields = { ...(flatJson.definition['fields'] as Record<string, JsonValue>), cif: { pointer } };
    expect(faultsOf(read(channelOf({ ...flatJson.definition, fields }), flatJson.body))).toEqual([
      `cif required ${pointer}`,
    ]);
  });

  test('of this name, too', () => {
    const fields = { ...(flatJson.definition['fields'] as Record<string, JsonValue>), cif: { pointer: '/__proto__' } };
    const body = flatJson.body.replace('customerNo', '__proto__');
    expect(only(read(channelOf({ ...flatJson.definition, fields }), body))).toMatchObject({ fact: { cif: '4711' } });
  });

  test('through names with slashes and tildes, and into lists', () => {
    const fields = {
      ...(flatJson.definition['fields'] as Record<string, JsonValue>),
      cif: { pointer: '/a~1b/m~0n/1' },
    };
    const body = flatJson.body.replace('"customerNo":4711', '"a/b":{"m~n":["x","C-7"]}');
    expect(only(read(channelOf({ ...flatJson.definition, fields }), body))).toMatchObject({ fact: { cif: 'C-7' } });
  });
});
