import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parseMoney, Unavailable, type Currency } from '@ferry/kernel';
import { aBody, anApi, closeApis, type Api } from './an-api.js';

const path = '/api/v1/payments';
const currencyOf = (code: string): Currency => {
  const result = parseMoney('1', code);
  if ('fault' in result) throw new Error(result.fault);
  return result.money.currency;
};

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
beforeEach(() => {
  api.rules.outage = undefined;
  api.rules.decide('default', {});
});
afterAll(closeApis);

const pay = (given: Record<string, unknown>, key?: string) =>
  api.call
    .post(path)
    .set(key === undefined ? {} : { 'Idempotency-Key': key })
    .send(aBody(given));

test('what the tenant does not allow is refused, each field with its rule and what is allowed', async () => {
  api.rules.decide('default', {
    currencies: [currencyOf('XAF'), currencyOf('KWD')],
    rails: ['mtn-momo'],
    amountMaxMinor: { KWD: 1_500n },
  });
  const bad = await pay({ amount: '1.501', currency: 'KWD', rail: 'simulated' });
  expect([bad.status, bad.type, bad.body.code]).toEqual([422, 'application/problem+json', 'payment-not-allowed']);
  expect(bad.body).toMatchObject({ retryable: false, detail: 'Not allowed: rail, amount.' });
  expect(bad.body.errors).toEqual([
    { field: 'rail', rule: 'rail-not-allowed', detail: 'the tenant allows one of mtn-momo', pointer: '#/rail' },
    {
      field: 'amount',
      rule: 'above-amount-max',
      detail: 'the tenant allows 1.500 KWD at most',
      pointer: '#/amount',
    },
  ]);
  const dollars = await pay({ amount: '1', currency: 'USD', rail: 'mtn-momo' });
  expect(dollars.body.errors).toMatchObject([{ field: 'currency', rule: 'currency-not-allowed' }]);
  expect((await pay({ amount: '1.500', currency: 'KWD', rail: 'mtn-momo' })).status).toBe(201);
});

test('a rail that nobody named counts as the one that is taken then', async () => {
  api.rules.decide('default', { rails: ['mtn-momo'] });
  const { body } = await pay({ rail: undefined });
  expect(body.errors).toMatchObject([{ field: 'rail', rule: 'rail-not-allowed' }]);
});

test('a replay gets the first answer, byte for byte, although a rule has come since', async () => {
  const request = aBody({});
  const send = (body: object) => api.call.post(path).set('Idempotency-Key', 'before-the-rule').send(body);
  const first = await send(request);
  api.rules.decide('default', { amountMaxMinor: { [request.currency as string]: 1n } });
  const again = await send(request);
  expect([first.status, again.status, again.text]).toEqual([201, 200, first.text]);
  expect(again.headers['idempotent-replayed']).toBe('true');
  const other = await send({ ...request, reference: 'another' });
  expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
});

test('while the rules cannot be known nothing is created: 503', async () => {
  api.rules.outage = new Unavailable('postgres');
  const { status, body } = await pay({});
  expect([status, body.code]).toEqual([503, 'unavailable']);
});
