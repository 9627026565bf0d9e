import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { holdsCardNumber } from '@ferry/kernel';
import fc from 'fast-check';
import { aBody, anApi, closeApis, faultsOf, post, type Api } from './an-api.js';

const CARD = '4111111111111111';
const PAYMENTS = '/api/v1/payments';

let api: Api;
beforeEach(async () => {
  api = await anApi();
});
afterEach(closeApis);

interface Refused {
  readonly status: number;
  readonly body: { readonly code: string; readonly errors?: readonly { readonly pointer?: string }[] };
  readonly text: string;
}

/** Refused by name, and neither said again nor kept anywhere. */
function expectRefused(answer: Refused, ...fields: readonly string[]): void {
  expect({ status: answer.status, code: answer.body.code, faults: faultsOf(answer) }).toEqual({
    status: 422,
    code: 'card-number-refused',
    faults: fields.map((field) => `${field} card-number`),
  });
  expectForgotten(answer);
}

function expectForgotten(answer: Refused): void {
  const kept = JSON.stringify([answer.text, api.lines, api.origins, api.observed, api.repository.events]);
  expect(kept.replaceAll(/[ -]/g, '')).not.toContain(CARD);
  expect(api.repository.events).toHaveLength(0);
}

describe('in the body of a payment', () => {
  test.each([
    ['reference', { reference: CARD }, '#/reference'],
    ['reference', { reference: 'card 4111 1111 1111 1111, thanks' }, '#/reference'],
    ['reference', { reference: '4111-1111-1111-1111' }, '#/reference'],
    ['external_id', { external_id: CARD }, '#/external_id'],
    ['account_id', { account_id: CARD }, '#/account_id'],
    ['amount', { amount: CARD }, '#/amount'],
    ['currency', { currency: CARD }, '#/currency'],
    ['rail', { rail: CARD }, '#/rail'],
    ['metadata', { metadata: { card: CARD } }, '#/metadata/card'],
    ['metadata', { metadata: { card: Number(CARD) } }, '#/metadata/card'],
    ['metadata', { metadata: { a: { b: [1, { c: `x${CARD}` }] } } }, '#/metadata/a/b/1/c'],
    ['metadata', { metadata: { [CARD]: 'a name' } }, '#/metadata'],
    ['metadata', { metadata: { a: { [`n ${CARD}`]: { b: 1 } } } }, '#/metadata/a'],
    ['body', { [CARD]: 1 }, '#'],
    ['unknown', { unknown: CARD }, '#/unknown'],
  ])('%s', async (field, given, pointer) => {
    const answer = await post(api, JSON.stringify(aBody(given)));
    expectRefused(answer, field);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  test('written as escapes', async () => {
    const escaped = CARD.split('')
      .map((digit) => `\\u003${digit}`)
      .join('');
    expectRefused(await post(api, JSON.stringify(aBody()).replace(/REF-\d+/, escaped)), 'reference');
  });

  test('with other faults, it alone is told', async () => {
    expectRefused(await post(api, JSON.stringify({ amount: -1, reference: CARD })), 'reference');
  });

  test('in several fields', async () => {
    const answer = await post(api, JSON.stringify(aBody({ reference: CARD, metadata: { a: CARD } })));
    expect(faultsOf(answer).toSorted()).toEqual(['metadata card-number', 'reference card-number']);
  });

  const cardAt = (depth: number): string => `{"metadata":${'{"a":'.repeat(depth)}"${CARD}"${'}'.repeat(depth)}}`;

  test('in the depths of a body', async () => {
    expectRefused(await post(api, cardAt(45)), 'metadata');
  });

  test('deeper than a body is read, without saying it again', async () => {
    const answer = await post(api, cardAt(1_000));
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed-json']);
    expectForgotten(answer);
  });

  test('anywhere in any JSON', async () => {
    // A name that the number stands under must not be one itself, or its place would be told less exactly.
    const otherJson = fc.json().filter((json) => !holdsCardNumber(json));
    const place = fc.array(fc.constantFrom('a', 'b', 'list'), { minLength: 0, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom('', ' ', '-'), otherJson, async (path, gap, beside) => {
        const card = CARD.replaceAll(/(.{4})(?=.)/g, `$1${gap}`);
        const metadata = path.reduceRight<unknown>(
          (inner, name) => (name === 'list' ? [inner] : { [name]: inner }),
          card,
        );
        const body = JSON.stringify({ ...aBody(), metadata: { x: metadata, beside: JSON.parse(beside) as unknown } });
        expectRefused(await post(api, body), 'metadata');
      }),
      { numRuns: 100 },
    );
  });
});

describe('around the body', () => {
  test.each(['Idempotency-Key', 'X-Idempotency-Key', 'X-Correlation-Id'])('%s', async (name) => {
    const answer = await post(api, JSON.stringify(aBody()), { [name]: `order ${CARD}` });
    expectRefused(answer, name);
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a correlation id is not said again by what asks nobody who they are', async () => {
    const { headers } = await api.call.get('/nothing').set('X-Correlation-Id', CARD);
    expect(headers['x-correlation-id']).not.toContain(CARD);
  });

  test('a traceparent begins anew', async () => {
    const traceparent = `00-4bf92f3577b34da6a3ce929d0e0e4736-${CARD}-01`;
    await post(api, JSON.stringify(aBody()), { traceparent }).expect(201);
    expect(api.origins.map((origin) => origin.traceparent).join()).not.toContain('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  test.each([
    ['a parameter', `${PAYMENTS}?reference=${CARD}`, 'reference'],
    ['a parameter with nothing but pluses', `${PAYMENTS}?reference=4111+1111+1111+1111`, 'reference'],
    ['a parameter with spaces', `${PAYMENTS}?reference=4111+1111%201111+1111`, 'reference'],
    ['digits as escapes', `${PAYMENTS}?reference=%34${CARD.slice(1)}`, 'reference'],
    ['a name of a parameter', `${PAYMENTS}?${CARD}=1`, 'query'],
    ['a part of the path', `${PAYMENTS}/${CARD}`, 'id'],
    ['where everybody may ask', `/problems/${CARD}`, 'code'],
  ])('%s', async (_name, url, field) => expectRefused(await api.call.get(url), field));
});

describe('what is no card goes through', () => {
  test.each([
    ['237670123456'],
    ['2250701020304'],
    ['4915112345678'],
    ['20261121055959123'],
    ['1763704799123'],
    ['4111111111111112'],
    ['4111111111111111000000'],
    ['0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21'],
  ])('%s', async (text) => {
    const body = aBody({ reference: text, external_id: text, account_id: text, metadata: { [text]: [text] } });
    await post(api, JSON.stringify(body), { 'Idempotency-Key': text, 'X-Correlation-Id': text }).expect(201);
    await api.call.get(`${PAYMENTS}?reference=${text}`).expect(200);
  });
});
