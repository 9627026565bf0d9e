import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { tenantScopes } from '@ferry/tenancy';
import { routes } from '../src/routes/table.js';
import { aKeyedApi, type AKeyedApi } from './a-keyed-api.js';
import { aBody, anAppWith, closeApis } from './an-api.js';

const PAYMENTS = '/api/v1/payments';
const KEYS = '/api/v1/keys';
const operator = { actor: { kind: 'operator', id: 'ada' } } as const;
type Who = 'north' | 'south' | 'whole';

/** A key of the whole tenant and one of each of two units, each with every scope of a tenant. */
describe('business units', () => {
  let api: AKeyedApi;
  let keys: Record<Who, string>;
  beforeAll(async () => {
    api = await aKeyedApi();
    for (const unit of ['north', 'south']) {
      await api.tenancy.addBusinessUnit.execute('shop', unit, unit, operator);
      api.rules.addUnit('shop', unit);
    }
    keys = {
      whole: await api.issue(),
      north: await api.issue({ businessUnitId: 'north' }),
      south: await api.issue({ businessUnitId: 'south' }),
    };
  });
  afterAll(closeApis);

  const as = (who: Who, headers: Record<string, string> = {}) => ({
    get: (path: string) => api.call.get(path).set({ Authorization: `Bearer ${keys[who]}` }),
    post: (path: string, body: object = {}) =>
      api.call
        .post(path)
        .set({ Authorization: `Bearer ${keys[who]}`, ...headers })
        .send(body),
  });
  const pay = (who: Who, given: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    as(who, headers).post(PAYMENTS, aBody(given));
  const made = async (who: Who, given: Record<string, unknown> = {}): Promise<{ id: string; reference: string }> => {
    const { status, body } = await pay(who, given);
    expect(status).toBe(201);
    return body;
  };

  test.each<[Who, string | undefined, string]>([
    ['whole', undefined, 'default'],
    ['whole', 'north', 'north'],
    ['north', undefined, 'north'],
    ['north', 'north', 'north'],
  ])('%s asks for %s and gets a payment of %s', async (who, asked, unit) => {
    const { id } = await made(who, { business_unit_id: asked });
    expect((await as(who).get(`${PAYMENTS}/${id}`)).body).toMatchObject({ id, business_unit_id: unit });
    expect(api.repository.events.at(-1)?.payment).toMatchObject({ id, businessUnitId: unit });
  });

  test('a unit of one’s own tenant that is not one’s own is refused like one that there is not', async () => {
    const [there, nowhere] = await Promise.all([
      pay('north', { business_unit_id: 'south' }),
      pay('north', { business_unit_id: 'nowhere' }),
    ]);
    const told = ({ body, status }: typeof there) => [status, body.code, body.detail, body.errors];
    expect(told(there)).toEqual([403, 'outside-business-unit', 'Payments are made for north only.', undefined]);
    expect(told(nowhere)).toEqual(told(there));
  });

  test('a unit that the tenant has not got is named, and nothing is written', async () => {
    const reference = `units-${newId()}`;
    for (const unit of ['nowhere', 'North']) {
      const { status, body } = await pay('whole', { business_unit_id: unit, reference });
      expect([status, body.code]).toEqual([422, 'payment-not-allowed']);
      expect(body.errors).toEqual([
        {
          field: 'business_unit_id',
          rule: 'unknown-business-unit',
          detail: 'the tenant allows one of its business units',
          pointer: '#/business_unit_id',
        },
      ]);
    }
    await made('whole', { business_unit_id: 'north', reference });
    for (const unit of ['', 'u'.repeat(31), 7])
      expect((await pay('whole', { business_unit_id: unit })).body.code).toBe('invalid-request');
  });

  test('what is of another unit is not there: by id, in lists, waited for, cancelled', async () => {
    const { id, reference } = await made('north');
    for (const path of [`${PAYMENTS}/${id}`, `${PAYMENTS}/${id}?wait=20`, `${PAYMENTS}/${id}/history`]) {
      const { status, body } = await as('south').get(path);
      expect([path, status, body.code]).toEqual([path, 404, 'payment-not-found']);
    }
    expect((await as('south').post(`${PAYMENTS}/${id}/cancel`)).status).toBe(404);
    for (const filter of [
      'business_unit_id=north',
      `reference=${reference}`,
      `business_unit_id=south&reference=${reference}`,
    ])
      expect((await as('south').get(`${PAYMENTS}?${filter}`)).body).toEqual({ data: [], next_cursor: null });
    for (const who of ['north', 'whole'] as const) {
      const { body } = await as(who).get(`${PAYMENTS}?business_unit_id=north&reference=${reference}`);
      expect(body.data).toMatchObject([{ id, status: 'PENDING' }]);
      expect((await as(who).get(`${PAYMENTS}/${id}/history`)).body.data).toHaveLength(1);
    }
    expect((await as('north').post(`${PAYMENTS}/${id}/cancel`)).body.status).toBe('CANCELLED');
  });

  test('a list goes on within its unit, and not with another filter', async () => {
    for (let i = 0; i < 3; i += 1) await made(i === 1 ? 'north' : 'south');
    const first = await as('whole').get(`${PAYMENTS}?business_unit_id=south&limit=1`);
    const { next_cursor: cursor, data } = first.body as { next_cursor: string; data: { id: string }[] };
    expect(first.headers['link']).toContain('business_unit_id=south');
    const second = await as('whole').get(`${PAYMENTS}?business_unit_id=south&limit=1&cursor=${cursor}`);
    expect(second.body.data).toMatchObject([{ business_unit_id: 'south' }]);
    expect(second.body.data[0].id).not.toBe(data[0]?.id);
    expect((await as('whole').get(`${PAYMENTS}?business_unit_id=north&limit=1&cursor=${cursor}`)).body.code).toBe(
      'invalid-cursor',
    );
  });

  test('a reference that another unit has is taken, and no more is told', async () => {
    const { id, reference } = await made('north');
    const strange = await pay('south', { reference });
    expect([strange.status, strange.body.code, strange.body.detail]).toEqual([
      409,
      'duplicate-reference',
      'The reference is taken.',
    ]);
    expect(strange.body.payment_id).toBeUndefined();
    expect([strange.headers['location'], strange.headers['link']]).toEqual([undefined, undefined]);
    for (const who of ['north', 'whole'] as const)
      expect((await pay(who, { reference })).body).toMatchObject({ code: 'duplicate-reference', payment_id: id });
  });

  test('the key of another unit’s request is used up, and its answer is nobody else’s', async () => {
    const [body, header] = [aBody(), { 'Idempotency-Key': `key-${newId()}` }];
    const first = await as('north', header).post(PAYMENTS, body);
    const strange = await as('south', header).post(PAYMENTS, body);
    expect([strange.status, strange.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect(JSON.stringify([strange.body, strange.headers])).not.toContain(first.body.id);
    expect((await as('whole', header).post(PAYMENTS, body)).status).toBe(422);
    const again = await as('whole', header).post(PAYMENTS, { ...body, business_unit_id: 'north' });
    expect([again.status, again.text]).toEqual([200, first.text]);
  });

  test('to name the unit that one gets anyway is the same request', async () => {
    for (const [who, unit] of [
      ['whole', 'default'],
      ['north', 'north'],
    ] as const) {
      const [body, header] = [aBody(), { 'Idempotency-Key': `key-${newId()}` }];
      const first = await as(who, header).post(PAYMENTS, body);
      const again = await as(who, header).post(PAYMENTS, { ...body, business_unit_id: unit });
      expect([again.status, again.text]).toEqual([200, first.text]);
    }
  });

  test('a unit makes, sees and ends keys of its own only', async () => {
    const grant = { name: 'till', scopes: ['payments:read'] };
    const own = await as('north').post(KEYS, grant);
    expect(own.body.key.business_unit_id).toBe('north');
    for (const unit of ['south', 'nowhere'])
      expect((await as('north').post(KEYS, { ...grant, business_unit_id: unit })).body.code).toBe('grant-exceeded');
    const theirs = (await as('south').post(KEYS, grant)).body.key.id as string;
    const wholes = (await as('whole').post(KEYS, grant)).body.key.id as string;
    for (const id of [theirs, wholes])
      for (const verb of ['rotate', 'revoke'])
        expect((await as('north').post(`${KEYS}/${id}/${verb}`)).body.code).toBe('key-not-found');
    const { data } = (await as('north').get(`${KEYS}?limit=100`)).body as { data: { business_unit_id: string }[] };
    expect(new Set(data.map((key) => key.business_unit_id))).toEqual(new Set(['north']));
    expect((await as('north').post(`${KEYS}/${own.body.key.id}/revoke`)).status).toBe(200);
  });

  test('of units it sees itself', async () => {
    const { data } = (await as('north').get('/api/v1/business-units')).body;
    expect(data).toMatchObject([{ id: 'north' }]);
    expect((await as('whole').get('/api/v1/business-units')).body.data).toHaveLength(3);
  });

  describe('what is the whole tenant’s is closed to a unit, whatever its scopes:', () => {
    const table = routes(anAppWith().deps).flatMap((route) =>
      route.for === 'tenant' && tenantScopes.includes(route.scope) ? [route] : [],
    );
    test.each(table.map((route) => [route.method, route.path, route.reach] as const))('%s %s: %s', async (...route) => {
      const [method, path, reach] = route;
      const call = (who: Who) =>
        api.call[method](path.replaceAll(/:\w+/g, newId())).set('Authorization', `Bearer ${keys[who]}`);
      const outside = (who: Who) => call(who).then(({ body }) => body.code === 'outside-business-unit');
      expect([await outside('north'), await outside('whole')]).toEqual([reach === 'tenant', false]);
    });
  });
});
