import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nobody } from '@ferry/tenancy';
import { aBody, anApi, closeApis, faultsOf, post, type Api } from './an-api.js';

let api: Api;
beforeEach(async () => {
  api = await anApi();
});
afterEach(closeApis);

const PATH = '/api/v1/payments';
const withKey = (body: string, key: string) => post(api, body, { 'Idempotency-Key': key });

describe('a good request', () => {
  test('is answered 201 with the payment, its place and its digits', async () => {
    const { status, text, headers } = await post(
      api,
      '{ "amount": 100.50, "currency": "USD", "reference": "REF-001" }',
    );
    const payment = JSON.parse(text) as { id: string };
    expect(status).toBe(201);
    expect(headers['location']).toBe(`${PATH}/${payment.id}`);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['etag']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(text).toContain('"amount":100.50,');
    expect(payment).toMatchObject({
      currency: 'USD',
      reference: 'REF-001',
      status: 'PENDING',
      kind: 'PAYMENT',
      rail: 'simulated',
      metadata: {},
      attempts: 0,
    });
  });

  test.each([
    ['999999999999.99', 'EUR', '999999999999.99'],
    ['"100.50"', 'EUR', '100.50'],
    ['1e3', 'XAF', '1000'],
    ['1500.00', 'XAF', '1500'],
    ['0.001', 'KWD', '0.001'],
    ['100000000000000', 'XAF', '100000000000000'],
    ['0.1', 'EUR', '0.10'],
  ])('%s %s is read from its digits', async (amount, currency, shown) => {
    const { status, text } = await post(api, `{"amount":${amount},"currency":"${currency}","reference":"a"}`);
    expect(status).toBe(201);
    expect(text).toContain(`"amount":${shown},`);
  });

  test('keeps every field that the client may set', async () => {
    const asked = {
      kind: 'DEPOSIT',
      rail: 'mtn-momo',
      external_id: 'customer 7',
      account_id: 'é😀',
      metadata: { order: { id: 42, price: 1.5, big: 1e21, tags: ['a', null, true] }, constructor: 'mine', toString: 1 },
    };
    const { body } = await api.call.post(PATH).send(aBody(asked)).expect(201);
    expect(body).toMatchObject(asked);
    const { body: read } = await api.call.get(`${PATH}/${body.id}`).expect(200);
    expect(read).toEqual(body);
  });

  test('counts characters as code points', async () => {
    await api.call
      .post(PATH)
      .send(aBody({ reference: '😀'.repeat(255) }))
      .expect(201);
    expect(faultsOf(await api.call.post(PATH).send(aBody({ reference: '😀'.repeat(256) })))).toEqual([
      'reference length',
    ]);
    const invisible = `a${'\ufe0f'.repeat(255)}`;
    expect(faultsOf(await api.call.post(PATH).send(aBody({ reference: invisible })))).toEqual(['reference length']);
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may be declared as %s',
    async (type) => {
      const { status } = await post(api, JSON.stringify(aBody()), { 'Content-Type': type });
      expect(status).toBe(201);
    },
  );
});

describe('all bad fields are named at once', () => {
  test('each with its rule, its place and a sentence', async () => {
    const bad = '{"amount":true,"currency":7,"reference":"","kind":"GIFT","rail":"pigeon","colour":1,"metadata":[]}';
    const { status, body } = await post(api, bad);
    expect(status).toBe(400);
    expect(body.code).toBe('invalid-request');
    expect(faultsOf({ body })).toEqual([
      'colour unknown-field',
      'amount number-or-string',
      'currency string',
      'reference length',
      'kind one-of',
      'metadata object',
      'rail one-of',
    ]);
    expect(body.errors[1]).toEqual({
      field: 'amount',
      rule: 'number-or-string',
      detail: 'must be a number, or a string of decimal digits',
      pointer: '#/amount',
    });
  });

  test.each([
    ['{}', ['amount required', 'currency required', 'reference required']],
    ['{"amount":1.234,"currency":"EUR"}', ['reference required', 'amount too-many-decimals']],
    // What is wrong with the amount only in some currencies is not said while the currency is unknown.
    ['{"amount":1.234,"currency":"EURO","reference":"a"}', ['currency unknown-currency']],
    ['{"amount":1.23456,"currency":"EURO","reference":"a"}', ['currency unknown-currency']],
    ['{"amount":-1,"currency":"EURO","reference":"a"}', ['currency unknown-currency', 'amount not-positive']],
    ['{"amount":"1,5","currency":"eur","reference":"a"}', ['currency unknown-currency', 'amount not-a-number']],
    ['{"amount":-1,"reference":"a"}', ['currency required', 'amount not-positive']],
  ])('%s', async (body, faults) => {
    expect(faultsOf(await post(api, body))).toEqual(faults);
  });

  test('at most fifty, and no endless names', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}`.padStart(100, 'x'), 1]));
    const { body } = await api.call.post(PATH).send(many);
    expect(body.errors).toHaveLength(50);
    expect(body.errors[0].field).toHaveLength(64);
    expect(body.detail).toMatch(/ and 453 more\.$/);
  });

  test('pointers into metadata are escaped', async () => {
    const { body } = await post(
      api,
      '{"amount":1,"currency":"EUR","reference":"a","metadata":{"a/b~c d":[0,{"x":1e999}]}}',
    );
    expect(body.errors[0]).toMatchObject({ rule: 'inexact-number', pointer: '#/metadata/a~1b~0c%20d/1/x' });
  });
});

describe('idempotency', () => {
  const body = '{"amount":100.5,"currency":"EUR","reference":"a","metadata":{"x":1,"y":[1,{"b":2,"a":1}]}}';

  test('the same key and body get the first answer again, byte for byte', async () => {
    const first = await withKey(body, 'key-1').expect(201);
    const again = await withKey(body, 'key-1').expect(200);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(api.repository.events).toHaveLength(1);
  });

  test.each([
    [
      'another spelling of the amount',
      '{"amount":"100.50","currency":"EUR","reference":"a","metadata":{"x":1,"y":[1,{"b":2,"a":1}]}}',
    ],
    [
      'another order of the keys',
      '{"metadata":{"y":[1,{"a":1,"b":2}],"x":1.0},"reference":"a","currency":"EUR","amount":1005e-1}',
    ],
    ['defaults said aloud', `${body.slice(0, -1)},"kind":"PAYMENT","rail":"simulated"}`],
  ])('%s is the same request', async (_name, other) => {
    await withKey(body, 'key-1').expect(201);
    await withKey(other, 'key-1').expect(200);
  });

  test.each([
    ['amount', body.replace('100.5', '100.51')],
    ['currency', body.replace('EUR', 'USD')],
    ['reference', body.replace('"a"', '"b"')],
    ['kind', `${body.slice(0, -1)},"kind":"DEPOSIT"}`],
    ['rail', `${body.slice(0, -1)},"rail":"mtn-momo"}`],
    ['account_id', `${body.slice(0, -1)},"account_id":"b"}`],
    ['external_id', `${body.slice(0, -1)},"external_id":"b"}`],
    ['metadata', body.replace('"x":1', '"x":"1"')],
    ['order in a list', body.replace('[1,{"b":2,"a":1}]', '[{"b":2,"a":1},1]')],
  ])('another %s under the same key is 422', async (_name, other) => {
    await withKey(body, 'key-1').expect(201);
    const { body: problem } = await withKey(other, 'key-1').expect(422);
    expect(problem).toMatchObject({ code: 'idempotency-key-reused', retryable: false });
    expect(api.repository.events).toHaveLength(1);
  });

  test('the fingerprint keeps its form: keys of a month ago must still be understood', async () => {
    let fingerprint: string | undefined;
    const spy = await anApi({
      createPayment: (command) => {
        fingerprint = command.idempotency?.fingerprint;
        return Promise.resolve({ outcome: 'key-reused' });
      },
    });
    await post(spy, body, { 'Idempotency-Key': 'k' });
    const canonical =
      '{"amount":"100.50","currency":"EUR","kind":"PAYMENT","metadata":{"x":1,"y":[1,{"a":1,"b":2}]},"rail":"simulated","reference":"a"}';
    expect(fingerprint).toBe(hash('sha256', canonical, 'hex'));
  });

  test.each([
    ['Idempotency-Key', '"key-1"'],
    ['X-Idempotency-Key', 'key-1'],
    ['X-Idempotency-Key', '"key-1"'],
  ])('%s: %s is the key key-1', async (name, value) => {
    await withKey(body, 'key-1').expect(201);
    await post(api, body, { [name]: value }).expect(200);
  });

  test('a quoted key may hold quotes and commas', async () => {
    await withKey(body, '"a\\"b\\\\, c"').expect(201);
    await withKey(body, 'a"b\\, c').expect(200);
  });

  test('both headers may be given if they agree', async () => {
    await post(api, body, { 'Idempotency-Key': '"k"', 'X-Idempotency-Key': 'k' }).expect(201);
    const { body: problem } = await post(api, body, { 'Idempotency-Key': 'k', 'X-Idempotency-Key': 'l' }).expect(400);
    expect(faultsOf({ body: problem })).toEqual(['Idempotency-Key repeated']);
  });

  test.each([
    ['', 'length'],
    ['""', 'length'],
    ['x'.repeat(256), 'length'],
    ['"open', 'characters'],
    ['"a"; p=1', 'characters'],
    ['a\tb', 'characters'],
    ['clé', 'characters'],
  ])('the key %j is refused', async (key, rule) => {
    const { body: problem } = await withKey(body, key).expect(400);
    expect(faultsOf({ body: problem })).toEqual([`Idempotency-Key ${rule}`]);
    expect(api.repository.events).toHaveLength(0);
  });

  test('without a key, the reference makes a duplicate a 409 that names the payment', async () => {
    const { body: first } = await post(api, body).expect(201);
    const { body: problem, headers } = await post(api, body).expect(409);
    expect(problem).toMatchObject({ code: 'duplicate-reference', payment_id: first.id });
    expect(headers['location']).toBe(`${PATH}/${first.id}`);
    expect(headers['link']).toBe(`<${PATH}/${first.id}>; rel="related"`);
  });

  test('fifty at once with twenty keys make twenty payments', async () => {
    const calls = Array.from({ length: 20 }, (_, key) =>
      Array.from({ length: 50 }, () =>
        withKey(`{"amount":1,"currency":"EUR","reference":"r${key}"}`, `k${key}`).then(({ status }) => status),
      ),
    ).flat();
    const statuses = await Promise.all(calls);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect(statuses.filter((status) => status === 200)).toHaveLength(980);
  });

  test('another tenant may use the same key', async () => {
    let tenant = 'a';
    api = await anApi({ principalOf: () => Promise.resolve(nobody(tenant)) });
    await withKey(body, 'k').expect(201);
    tenant = 'b';
    await withKey(body, 'k').expect(201);
  });
});
