import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { wholeTenant, type Payment } from '@ferry/payments';
import { aBody, anApi, closeApis, faultsOf, type Api } from './an-api.js';

let api: Api;
beforeEach(async () => {
  api = await anApi();
});
afterEach(closeApis);

const PATH = '/api/v1/payments';

const create = async (given: Record<string, unknown> = {}): Promise<{ id: string }> =>
  (await api.call.post(PATH).send(aBody(given)).expect(201)).body;

/** Ends a payment as a worker would, and tells of it. */
async function succeed(id: string): Promise<void> {
  const occasion = { now: new Date(), eventId: newId() };
  await api.repository.change(wholeTenant('default'), [id], (payment: Payment) => payment.succeed(occasion));
  api.signals.announce([{ tenantId: 'default', paymentId: id }]);
}

describe('GET /api/v1/payments/:id', () => {
  test('gives the payment as it is now', async () => {
    const created = await create();
    await succeed(created.id);
    const { body, headers } = await api.call.get(`${PATH}/${created.id}`).expect(200);
    expect(body).toMatchObject({ ...created, status: 'SUCCESS', updated_at: expect.any(String) });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('knows nobody else’s', async () => {
    const { body } = await api.call.get(`${PATH}/${newId()}`).expect(404);
    expect(body).toMatchObject({ code: 'payment-not-found', retryable: false });
  });

  test.each(['x', '1', '0199E4D0-7C1A-7B3E-9F52-6D1C0A4B8E21', "1' OR '1'='1", '%00', '..%2f..'])(
    'the id %j is malformed',
    async (id) => {
      const response = await api.call.get(`${PATH}/${id}`).expect(400);
      expect(faultsOf(response)).toEqual(['id uuid']);
    },
  );

  test.each([
    ['wait=31', 'wait integer'],
    ['wait=-1', 'wait integer'],
    ['wait=1.5', 'wait integer'],
    ['wait=', 'wait integer'],
    ['wait=1&wait=2', 'wait repeated'],
    ['hurry=1', 'hurry unknown-field'],
  ])('?%s is refused', async (query, fault) => {
    expect(faultsOf(await api.call.get(`${PATH}/${newId()}?${query}`).expect(400))).toEqual([fault]);
  });

  test('with ?wait answers when the payment ends', async () => {
    const { id } = await create();
    setTimeout(() => void succeed(id), 100);
    const started = performance.now();
    const { body } = await api.call.get(`${PATH}/${id}?wait=30`).expect(200);
    expect(body.status).toBe('SUCCESS');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('with ?wait answers with what is when the time is over', async () => {
    const { id } = await create();
    const started = performance.now();
    const { body } = await api.call.get(`${PATH}/${id}?wait=1`).expect(200);
    expect(body.status).toBe('PENDING');
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test('with ?wait answers at once when the server begins to close', async () => {
    const { id } = await create();
    setTimeout(() => api.stop.abort(), 100);
    const started = performance.now();
    const { body, headers } = await api.call.get(`${PATH}/${id}?wait=30`).expect(200);
    expect(body.status).toBe('PENDING');
    expect(headers['connection']).toBe('close');
    expect(performance.now() - started).toBeLessThan(20_000);
    await api.call.get(`${PATH}/${id}?wait=30`).expect(200);
  });

  test('with ?wait stops waiting when the client has gone', async () => {
    const aborted = new Promise<void>((resolve) => {
      void anApi({
        watchPayments: {
          untilEnded: (_tenant, _id, _ms, signal) =>
            new Promise((done) => {
              signal.addEventListener('abort', () => {
                resolve();
                done(undefined);
              });
            }),
        },
      }).then(({ port }) => {
        const leave = new AbortController();
        fetch(`http://127.0.0.1:${port}${PATH}/${newId()}?wait=30`, { signal: leave.signal }).catch(() => undefined);
        setTimeout(() => leave.abort(), 100);
      });
    });
    await aborted;
  });
});

describe('GET /api/v1/payments', () => {
  test('gives the newest first, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await create({ currency: i === 2 ? 'EUR' : 'USD' })).id);
    const usd = ids.filter((_, i) => i !== 2);
    const first = await api.call.get(`${PATH}?limit=3&currency=USD`).expect(200);
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual(usd.slice(0, 3));
    const next = /^<(.+)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1] ?? '';
    expect(next).toContain(`cursor=${first.body.next_cursor}`);
    const second = await api.call.get(next).expect(200);
    expect(second.body.data.map(({ id }: { id: string }) => id)).toEqual(usd.slice(3));
    expect(second.body.next_cursor).toBeNull();
    expect(second.headers['link']).toBeUndefined();
  });

  test('gives twenty if no limit is said, and no cursor after an exact last page', async () => {
    for (let i = 0; i < 21; i += 1) await create();
    expect((await api.call.get(PATH)).body.data).toHaveLength(20);
    const { body } = await api.call.get(`${PATH}?limit=21`);
    expect([body.data.length, body.next_cursor]).toEqual([21, null]);
  });

  test('filters', async () => {
    const one = await create({ reference: 'a b+c&d', currency: 'XAF', amount: 5 });
    const two = await create();
    await succeed(two.id);
    const found = async (query: string): Promise<readonly string[]> =>
      (await api.call.get(`${PATH}?${query}`).expect(200)).body.data.map(({ id }: { id: string }) => id);
    expect(await found('status=SUCCESS')).toEqual([two.id]);
    expect(await found('currency=XAF')).toEqual([one.id]);
    expect(await found(`reference=${encodeURIComponent('a b+c&d')}`)).toEqual([one.id]);
    expect(await found('reference=a+b%2Bc%26d')).toEqual([one.id]);
    expect(await found('created_from=2020-01-01T00:00:00Z&created_to=2020-01-02T00:00:00%2B01:00')).toEqual([]);
    expect(await found('created_from=2020-01-01T00:00:00Z')).toEqual([two.id, one.id]);
  });

  test.each([
    ['limit=0', 'limit integer'],
    ['limit=101', 'limit integer'],
    ['limit=1e1', 'limit integer'],
    ['limit=٣', 'limit integer'],
    ['status=pending', 'status one-of'],
    ['currency=eur', 'currency unknown-currency'],
    ['reference=', 'reference length'],
    ['reference=%00', 'reference characters'],
    ['created_from=yesterday', 'created_from time'],
    ['created_from=2024-02-30T00:00:00Z', 'created_from time'],
    ['created_from=2024-01-01T00:00:60Z', 'created_from time'],
    ['created_from=2024-01-01T24:00:00Z', 'created_from time'],
    ['created_from=2024-01-01', 'created_from time'],
    ['created_from=2024-01-01T00:00:00', 'created_from time'],
    ['created_from=2024-01-01T00:00:00+01:00', 'created_from time'],
    ['created_from=2024-01-02T00:00:00Z&created_to=2024-01-02T00:00:00Z', 'created_to after'],
    ['cursor=', 'cursor length'],
    ['status=FAILED&status=FAILED', 'status repeated'],
    ['offset=1', 'offset unknown-field'],
    ['__proto__=1', '__proto__ unknown-field'],
    ['constructor=1', 'constructor unknown-field'],
    ['limit[]=1', 'limit[] unknown-field'],
    ['=1', ' unknown-field'],
  ])('?%s is refused', async (query, fault) => {
    expect(faultsOf(await api.call.get(`${PATH}?${query}`).expect(400))).toEqual([fault]);
  });

  test('names every bad parameter at once', async () => {
    const response = await api.call.get(`${PATH}?limit=x&status=y&z=1`).expect(400);
    expect(faultsOf(response)).toEqual(['z unknown-field', 'status one-of', 'limit integer']);
  });

  test('a cursor serves only the query that it was made for', async () => {
    await create();
    await create();
    const { body } = await api.call.get(`${PATH}?limit=1&status=PENDING`);
    const refused = async (query: string): Promise<void> => {
      const { status, body: problem } = await api.call.get(`${PATH}?${query}`);
      expect([status, problem.code]).toEqual([400, 'invalid-cursor']);
    };
    await api.call.get(`${PATH}?limit=2&status=PENDING&cursor=${body.next_cursor}`).expect(200);
    await refused(`limit=1&cursor=${body.next_cursor}`);
    await refused(`limit=1&status=FAILED&cursor=${body.next_cursor}`);
    await refused(`limit=1&status=PENDING&currency=USD&cursor=${body.next_cursor}`);
    await refused('cursor=x');
    await refused('cursor=%F0%9F%98%80');
    const [version, id, digest] = Buffer.from(body.next_cursor, 'base64url').toString().split('.');
    const forged = (text: string): string => Buffer.from(text).toString('base64url');
    await refused(`status=PENDING&cursor=${forged(`2.${id}.${digest}`)}`);
    await refused(`status=PENDING&cursor=${forged(`${version}.x.${digest}`)}`);
    await refused(`status=PENDING&cursor=${forged(`${version}.${id}.${digest}.x`)}`);
    await refused(`status=PENDING&cursor=${forged(`${version}.${id}`)}`);
  });
});

describe('GET /api/v1/payments/:id/history', () => {
  test('tells every change', async () => {
    const { id } = await create();
    await succeed(id);
    const { body } = await api.call.get(`${PATH}/${id}/history`).expect(200);
    expect(body).toEqual({
      data: [
        { version: 1, from: null, to: 'PENDING', at: expect.any(String), event_id: expect.any(String) },
        { version: 2, from: 'PENDING', to: 'SUCCESS', at: expect.any(String), event_id: expect.any(String) },
      ],
    });
  });

  test('of nobody is 404, of nonsense 400', async () => {
    expect((await api.call.get(`${PATH}/${newId()}/history`).expect(404)).body.code).toBe('payment-not-found');
    await api.call.get(`${PATH}/x/history`).expect(400);
  });
});

describe('POST /api/v1/payments/:id/cancel', () => {
  test('cancels, and again without error', async () => {
    const { id } = await create();
    expect((await api.call.post(`${PATH}/${id}/cancel`).expect(200)).body.status).toBe('CANCELLED');
    expect((await api.call.post(`${PATH}/${id}/cancel`).send({}).expect(200)).body.status).toBe('CANCELLED');
  });

  test('comes too late for one that has ended', async () => {
    const { id } = await create();
    await succeed(id);
    const { body } = await api.call.post(`${PATH}/${id}/cancel`).expect(409);
    expect(body).toMatchObject({ code: 'payment-not-cancellable', payment_id: id, payment_status: 'SUCCESS' });
  });

  test('takes no fields', async () => {
    const { id } = await create();
    expect(faultsOf(await api.call.post(`${PATH}/${id}/cancel`).send({ reason: 'x' }).expect(400))).toEqual([
      'reason unknown-field',
    ]);
    expect(faultsOf(await api.call.post(`${PATH}/${id}/cancel`).send([]).expect(400))).toEqual(['body object']);
    await api.call.post(`${PATH}/${id}/cancel`).set('Content-Type', 'text/plain').send('x').expect(415);
    expect((await api.call.get(`${PATH}/${id}`)).body.status).toBe('PENDING');
  });

  test('of nobody is 404, of nonsense 400', async () => {
    await api.call.post(`${PATH}/${newId()}/cancel`).expect(404);
    await api.call.post(`${PATH}/x/cancel`).expect(400);
  });
});
