import { Agent, request, type RequestOptions } from 'node:http';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { isProblemCode } from '../src/http/problem-codes.js';
import { anApi, closeApis, type Api } from './an-api.js';

/** RELIABILITY A5: 10,000 bodies, none of them a 5xx. `PROPERTY_RUNS=10000` before a release. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 1_500);

/** A run takes 1 to 8 ms. */
jest.setTimeout(30_000 + RUNS * 20);

let api: Api;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => {
  agent.destroy();
  closeApis();
});

interface Seen {
  readonly status: number;
  readonly text: string;
}

/** Not supertest: it would mend paths and headers before sending them. */
const send = (options: RequestOptions, body?: string): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ agent, port: api.port, host: '127.0.0.1', ...options }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** Answers that belong to a client's request: good ones, or a problem document with a code of the table. */
function expectSane({ status, text }: Seen): void {
  expect(status).toBeLessThan(500);
  if (status >= 400) expect(isProblemCode((JSON.parse(text) as { code: string }).code)).toBe(true);
}

const json = { 'Content-Type': 'application/json' };
const create = (body: string): Promise<Seen> => send({ method: 'POST', path: '/api/v1/payments', headers: json }, body);

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const anyNumber = fc.oneof(
  fc.constantFrom('-0', '1e21', '1e-7', '12345678901234567890', '1e999', '0.1', '100.50', '9'.repeat(400)),
  fc.double().map((number) => JSON.stringify(number)),
);
const anyJson = fc.oneof(
  fc.json(),
  anyNumber,
  anyText.map((text) => JSON.stringify(text)),
);

describe('whatever comes is answered by us and never with 5xx', () => {
  test('any JSON body', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (body) => expectSane(await create(body))),
      { numRuns: RUNS },
    );
  });

  test('bodies that look like ours, with any JSON in any field', async () => {
    const good: Record<string, string> = { amount: '1.5', currency: '"EUR"', metadata: '{"a":1}' };
    const field = fc.constantFrom(
      'amount',
      'currency',
      'reference',
      'kind',
      'rail',
      'external_id',
      'account_id',
      'metadata',
      '__proto__',
      'id',
    );
    const changes = fc.array(
      fc.tuple(fc.oneof({ weight: 9, arbitrary: field }, { weight: 1, arbitrary: anyText }), anyJson),
      { maxLength: 3 },
    );
    let created = 0;
    await fc.assert(
      fc.asyncProperty(changes, fc.uuid(), async (changed, reference) => {
        const members = Object.entries({ ...good, reference: `"${reference}"`, ...Object.fromEntries(changed) });
        const answer = await create(
          `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`,
        );
        expectSane(answer);
        if (answer.status === 201) created += 1;
      }),
      { numRuns: RUNS },
    );
    expect(created).toBeGreaterThan(0);
  });

  test('any text as body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => expectSane(await create(body))),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });

  test('any query and cursor', async () => {
    const name = fc.constantFrom(
      'status',
      'currency',
      'reference',
      'created_from',
      'created_to',
      'limit',
      'cursor',
      'wait',
      'x',
    );
    const valid = fc.constantFrom(
      'PENDING',
      'EUR',
      '20',
      '2024-01-01T00:00:00Z',
      Buffer.from('1.a.b').toString('base64url'),
    );
    const encoded = fc.oneof(
      valid,
      anyText.map((text) => encodeURIComponent(text.toWellFormed())),
      fc.string({ unit: fc.constantFrom(...'%&=+[]\'"\\/?:;az09'.split('')) }),
    );
    const query = fc
      .array(
        fc.tuple(name, encoded).map(([key, value]) => `${key}=${value}`),
        { maxLength: 4 },
      )
      .map((pairs) => pairs.join('&'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', '/0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21'), query, async (path, text) => {
        if (!text.includes('wait=2')) expectSane(await send({ path: `/api/v1/payments${path}?${text}` }));
      }),
      { numRuns: RUNS },
    );
  });

  test('any path', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'api',
        'v1',
        'payments',
        'docs',
        'health',
        'problems',
        '..',
        '.',
        '%2e',
        '%00',
        '%',
        '__proto__',
        '',
      ),
      fc.string({ unit: fc.constantFrom(...'%az09~;:@!$()*,=-_.'.split('')) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'),
        fc.array(piece, { maxLength: 6 }),
        async (method, pieces) => {
          expectSane(await send({ method, path: `/${pieces.join('/')}` }));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('any header of ours', async () => {
    const name = fc.constantFrom(
      'Idempotency-Key',
      'X-Idempotency-Key',
      'X-Correlation-Id',
      'traceparent',
      'Accept',
      'Content-Type',
      'Content-Encoding',
    );
    const value = fc.string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 3 }), fc.uuid(), async (headers, reference) => {
        const body = JSON.stringify({ amount: 1, currency: 'EUR', reference });
        expectSane(await send({ method: 'POST', path: '/api/v1/payments', headers: { ...json, ...headers } }, body));
      }),
      { numRuns: RUNS },
    );
  });
});
