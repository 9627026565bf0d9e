import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BatcherFull, newId, traceIdOf, Unavailable } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { Problem } from '../src/http/problem.js';
import { aBody, anApi, closeApis, post, type Api } from './an-api.js';

afterEach(closeApis);

const PATH = '/api/v1/payments';

/** Sends these bytes as they are; gives everything that comes back until the other side closes. */
const raw = ({ port }: Api, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

describe('a refusal', () => {
  test('is an RFC 9457 document', async () => {
    const api = await anApi();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { body, headers } = await api.call.get('/nowhere').set('traceparent', traceparent).expect(404);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      type: '/problems/route-not-found',
      title: 'No such route',
      status: 404,
      detail: 'Nothing is at GET of this path.',
      instance: expect.stringMatching(/^\/requests\/[0-9a-f-]{36}$/),
      code: 'route-not-found',
      retryable: false,
      trace_id: traceIdOf(traceparent),
    });
  });

  test('has a type that resolves to its meaning', async () => {
    const api = await anApi();
    const { body } = await api.call.get('/nowhere');
    const { body: description } = await api.call.get(body.type).expect(200);
    expect(description).toMatchObject({ code: 'route-not-found', status: 404, meaning: expect.any(String) });
    expect((await api.call.get('/problems/constructor').expect(404)).body.code).toBe('problem-not-found');
  });
});

describe('of what no route wants', () => {
  test.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v1/payments/',
    '/API/v1/payments',
    '/docs/package.json',
    '/docs/..%2fpackage.json',
    '//',
  ])('%s is 404', async (path) => {
    const api = await anApi();
    const { status, body } = await api.call.get(path);
    expect([status, body.code]).toEqual([404, 'route-not-found']);
  });

  test.each([
    ['delete', PATH, 'GET, HEAD, OPTIONS, POST'],
    ['put', `${PATH}/${newId()}`, 'GET, HEAD, OPTIONS'],
    ['get', `${PATH}/${newId()}/cancel`, 'OPTIONS, POST'],
    ['post', '/health', 'GET, HEAD, OPTIONS'],
    ['patch', '/docs', 'GET, HEAD, OPTIONS'],
  ] as const)('%s %s is 405', async (method, path, allow) => {
    const api = await anApi();
    const { status, body, headers } = await api.call[method](path);
    expect([status, body.code, headers['allow']]).toEqual([405, 'method-not-allowed', allow]);
    await api.call
      .options(path)
      .expect(200)
      .expect('Allow', headers['allow'] as string);
  });

  test('HEAD is GET without the body', async () => {
    const api = await anApi();
    const { headers, text } = await api.call.head('/health').expect(200);
    expect(text).toBeFalsy();
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
  });

  test.each([
    `${PATH}/%ZZ`,
    `${PATH}/%`,
    `${PATH}/%ff/history`,
    '/%ZZ',
    '/docs/%c3%28',
    `${PATH}?status=%ZZ`,
    `${PATH}?%ff=1`,
  ])('the URL %s is malformed', async (url) => {
    const api = await anApi();
    const answer = await raw(api, `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"malformed-url"');
    expect(answer).not.toContain('<html');
  });

  test('other targets than paths', async () => {
    const api = await anApi();
    for (const target of ['*', 'http://elsewhere/nothing', 'nothing'])
      expect(await raw(api, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 40[04] /,
      );
    expect(await raw(api, 'GET http://elsewhere/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });
});

describe('of readers who want no JSON', () => {
  test.each(['text/html', 'image/*', 'application/json;q=0', 'application/problem+json', 'text/*, */*;q=0'])(
    'Accept: %s is 406',
    async (accept) => {
      const api = await anApi();
      const { status, body } = await api.call.get(PATH).set('Accept', accept);
      expect([status, body.code]).toEqual([406, 'not-acceptable']);
      await api.call.post(PATH).set('Accept', accept).send(aBody()).expect(406);
      expect(api.repository.events).toHaveLength(0);
    },
  );

  test.each([
    '*/*',
    'application/json',
    'application/*',
    'text/html, application/json;q=0.1',
    'application/json, text/plain, */*',
  ])('Accept: %s is served', async (accept) => {
    const api = await anApi();
    await api.call.get(PATH).set('Accept', accept).expect(200);
  });
});

describe('when something is wrong behind', () => {
  test.each([
    ['a service cannot be reached', new Unavailable('postgres')],
    ['too many wait', new BatcherFull('more than 10 items wait')],
  ])('%s: 503 with Retry-After', async (_name, error) => {
    const api = await anApi({ createPayment: () => Promise.reject(error), readPayment: () => Promise.reject(error) });
    for (const answer of [api.call.post(PATH).send(aBody()), api.call.get(`${PATH}/${newId()}`)]) {
      const { status, body, headers } = await answer;
      expect([status, body.code, body.retryable, headers['retry-after']]).toEqual([503, 'unavailable', true, '1']);
      expect(JSON.stringify(body)).not.toMatch(/postgres|10 items/);
    }
  });

  test('a mistake of ours is 500, logged with its stack and told to nobody', async () => {
    const error = new TypeError('password=secret at /srv/ferry');
    const api = await anApi({ createPayment: () => Promise.reject(error) });
    const { status, text, body } = await api.call.post(PATH).send(aBody());
    expect([status, body.code]).toEqual([500, 'internal-error']);
    expect(text).not.toMatch(/secret|srv|TypeError/);
    const line = api.lines.find(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({ error: error.message, stack: expect.stringContaining('refusals.unit.test') });
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'boom'],
    ['an object without prototype', Object.create(null)],
  ])('%s is thrown: 500', async (_name, thrown) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is the case in question
    const api = await anApi({ readPayment: () => Promise.reject(thrown) });
    const { status, body } = await api.call.get(`${PATH}/${newId()}`);
    expect([status, body.code]).toEqual([500, 'internal-error']);
  });

  test('a throw before the promise is 500 too', async () => {
    const api = await anApi({
      principalOf: () => {
        throw new Error('boom');
      },
    });
    await api.call.get(PATH).expect(500);
  });

  test('who asks is decided before anything is read', async () => {
    const api = await anApi({ principalOf: () => Promise.reject(new Problem('payment-not-found', 'nobody')) });
    await post(api, 'not json').expect(404);
  });
});

describe('of bodies', () => {
  const size = 65_537;

  test('that are said to be too large, before they are read', async () => {
    const api = await anApi();
    const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(api.port, '127.0.0.1', () => socket.write(head));
      socket.on('data', (chunk) => {
        resolve(chunk.toString());
        socket.destroy();
      });
    });
    expect(answer).toContain('"code":"body-too-large"');
  });

  test('that turn out to be too large', async () => {
    const api = await anApi();
    const chunk = `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
    const answer = await raw(
      api,
      `POST ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"body-too-large"');
  });

  test('that break off', async () => {
    const api = await anApi();
    await new Promise<void>((resolve) => {
      const socket = connect(api.port, '127.0.0.1', () => {
        socket.write(
          `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a`,
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => resolve());
    });
    await eventually('it is noticed', () => api.lines.length > 0);
    expect(api.lines.map(({ fields }) => fields['status'])).toEqual([400]);
    expect(api.repository.events).toHaveLength(0);
  });

  test('not before Expect: 100-continue is answered', async () => {
    const api = await anApi();
    const body = JSON.stringify(aBody());
    const answer = await new Promise<string>((resolve) => {
      let seen = '';
      const socket = connect(api.port, '127.0.0.1', () =>
        socket.write(
          `POST ${PATH} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
        ),
      );
      socket.on('data', (chunk) => {
        if (seen === '') socket.write(body);
        seen += chunk.toString();
      });
      socket.on('close', () => resolve(seen));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });
});
