import { afterEach, describe, expect, test } from '@jest/globals';
import { isTraceparent, traceIdOf } from '@ferry/kernel';
import type { SpanRequest } from '../src/deps.js';
import { aBody, anApi, closeApis } from './an-api.js';

afterEach(closeApis);

const PATH = '/api/v1/payments';
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('correlation', () => {
  test.each(['order-7', 'a b', 'x'.repeat(128)])('%j is accepted, repeated and kept with the payment', async (id) => {
    const api = await anApi();
    const { headers } = await api.call.post(PATH).set('X-Correlation-Id', id).send(aBody()).expect(201);
    expect(headers['x-correlation-id']).toBe(id);
    expect(api.origins[0]?.correlationId).toBe(id);
    expect(api.repository.events[0]?.payment.origin.correlationId).toBe(id);
  });

  test.each(['x'.repeat(129), 'é', 'a\tb', ''])('%j is replaced', async (id) => {
    const api = await anApi();
    const { headers } = await api.call.get(PATH).set('X-Correlation-Id', id);
    expect(headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('trace', () => {
  test('is continued with an id of our own', async () => {
    const api = await anApi();
    await api.call.post(PATH).set('traceparent', TRACEPARENT).send(aBody()).expect(201);
    const { traceparent } = api.repository.events[0]?.payment.origin ?? { traceparent: '' };
    expect(traceIdOf(traceparent)).toBe(traceIdOf(TRACEPARENT));
    expect(traceparent).not.toBe(TRACEPARENT);
  });

  test.each([
    '',
    'x',
    TRACEPARENT.toUpperCase(),
    TRACEPARENT.replace(/^00/, 'ff'),
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  ])('%j starts a new one', async (bad) => {
    const api = await anApi();
    await api.call.post(PATH).set('traceparent', bad).send(aBody()).expect(201);
    const { traceparent } = api.repository.events[0]?.payment.origin ?? { traceparent: '' };
    expect(isTraceparent(traceparent)).toBe(true);
    expect(traceIdOf(traceparent)).not.toBe(traceIdOf(TRACEPARENT));
  });

  test('a span wraps the request and gives the payment its own traceparent', async () => {
    const own = TRACEPARENT.replace('00f067aa0ba902b7', 'aaaaaaaaaaaaaaaa');
    const spans: (SpanRequest & { status: number })[] = [];
    const api = await anApi({
      span: async (request, work) => {
        spans.push({ ...request, status: await work(own) });
      },
    });
    await api.call.post(PATH).set('traceparent', TRACEPARENT).send(aBody()).expect(201);
    await api.call.get('/nowhere').set('traceparent', 'x').expect(404);
    expect(api.repository.events[0]?.payment.origin.traceparent).toBe(own);
    expect(spans).toEqual([
      { method: 'POST', route: PATH, parent: TRACEPARENT, status: 201 },
      { method: 'GET', route: 'unmatched', parent: undefined, status: 404 },
    ]);
  });
});

describe('access line and metric', () => {
  test.each([
    ['post', PATH, 400, PATH, 'info'],
    ['get', `${PATH}?reference=private`, 200, PATH, 'info'],
    ['get', `${PATH}/0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21`, 404, `${PATH}/:id`, 'info'],
    ['delete', PATH, 405, PATH, 'info'],
    ['get', '/wp-login.php', 404, 'unmatched', 'info'],
    ['get', '/health', 200, '/health', 'debug'],
    ['get', '/health/live', 200, '/health/live', 'debug'],
  ] as const)('%s %s', async (method, url, status, route, level) => {
    const api = await anApi();
    await (method === 'post' ? api.call.post(url).send({}) : api.call[method](url));
    expect(api.lines).toEqual([
      {
        level,
        message: 'request',
        fields: {
          method: method.toUpperCase(),
          route,
          status,
          ms: expect.any(Number),
          request_id: expect.any(String),
          // Only where it is known whose request it is.
          ...(method !== 'delete' && route.startsWith(PATH) && { tenant_id: 'default', principal: 'nobody' }),
        },
      },
    ]);
    expect(JSON.stringify(api.lines)).not.toContain('private');
    expect(api.observed).toEqual([
      {
        name: 'http_request_seconds',
        value: expect.any(Number),
        labels: { method: method.toUpperCase(), route, status: String(status) },
      },
    ]);
    expect(api.observed[0]?.value).toBeCloseTo((api.lines[0]?.fields['ms'] as number) / 1_000, 2);
  });
});
