import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenAPIObject, OperationObject, ResponseObject, SchemaObject } from 'openapi3-ts/oas31';
import { limits } from '@ferry/payments';
import { templateOf } from '../src/http/openapi.js';
import { routes } from '../src/routes/table.js';
import { aBody, anApi, anAppWith, closeApis } from './an-api.js';

afterEach(closeApis);

let document: OpenAPIObject;
/** Knows the whole document, which takes long to read. */
let schemas: Ajv2020;
beforeAll(async () => {
  const api = await anApi();
  document = JSON.parse((await api.call.get('/openapi.json').expect(200)).text) as OpenAPIObject;
  schemas = new Ajv2020({ strict: false, allErrors: true });
  (formats as unknown as (ajv: unknown) => void)(schemas);
  schemas.addSchema({ $id: 'ferry', ...document } as object);
});

const ID = '0199e4d0-7c1a-7b3e-9f52-6d1c0a4b8e21';
const operations = (): [string, string, OperationObject][] =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OperationObject>).map(
      ([method, operation]): [string, string, OperationObject] => [method, path, operation],
    ),
  );

/** Checks values against a schema of the document. */
function validatorOf(schema: SchemaObject | { $ref: string }): (value: unknown) => unknown {
  const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"ferry#/')) as object;
  const validate = schemas.compile(whole);
  return (value) => (validate(value) ? undefined : validate.errors);
}

const contentOf = (operation: OperationObject, status: number): NonNullable<ResponseObject['content']> =>
  (operation.responses?.[String(status)] as ResponseObject | undefined)?.content ?? {};

const schemaOf = (operation: OperationObject, status: number): SchemaObject => {
  return Object.values(contentOf(operation, status))[0]?.schema as SchemaObject;
};

test('is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as never);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

describe('routes and document', () => {
  interface Layer {
    readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  }

  test('name the same operations', () => {
    const { app } = anAppWith();
    const { stack } = app.router as unknown as { stack: readonly Layer[] };
    const registered = stack.flatMap(({ route }) =>
      route === undefined || Object.keys(route.methods).length > 5
        ? []
        : Object.keys(route.methods).map((method) => `${method} ${templateOf(route.path)}`),
    );
    expect(registered.filter((name) => !name.startsWith('_all')).sort()).toEqual(
      operations()
        .map(([method, path]) => `${method} ${path}`)
        .sort(),
    );
    expect(registered).toHaveLength(new Set(registered).size);
  });

  test('every operation has a name of its own and a summary', () => {
    const names = operations().map(([, , { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [, , { summary }] of operations()) expect(summary).toBeTruthy();
  });
});

describe('schemas', () => {
  test('carry the bounds that are enforced', () => {
    const {
      properties = {},
      required,
      additionalProperties,
    } = (document.components?.schemas?.['CreatePaymentBody'] ?? {}) as SchemaObject;
    expect(required).toEqual(['amount', 'currency', 'reference']);
    expect(additionalProperties).toBe(false);
    expect(properties['reference']).toMatchObject({ type: 'string', minLength: 1, maxLength: limits.referenceLength });
    expect(properties['kind']).toMatchObject({
      enum: ['PAYMENT', 'DEPOSIT', 'WITHDRAWAL', 'DEBIT_ORDER'],
      default: 'PAYMENT',
    });
    expect(properties['rail']).toMatchObject({ enum: ['simulated', 'mtn-momo'] });
    expect(properties['metadata']).toMatchObject({ type: 'object', maxProperties: limits.metadataKeys });
    const list = operations().find(([, , { operationId }]) => operationId === 'listPayments')?.[2];
    expect(list?.parameters).toContainEqual(
      expect.objectContaining({
        name: 'limit',
        schema: expect.objectContaining({ minimum: 1, maximum: 100, default: 20 }),
      }),
    );
  });

  test('every reference leads somewhere', () => {
    const { schemas = {}, headers = {} } = document.components ?? {};
    const names = [...Object.keys(schemas), ...Object.keys(headers)];
    for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/(?:schemas|headers)\/([\w-]+)/g))
      expect(names).toContain(name);
  });

  test('every object says whether it can have more than it names', () => {
    const open: string[] = [];
    const seek = (value: unknown, place: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if ((value as SchemaObject).type === 'object' && !('additionalProperties' in value)) open.push(place);
      for (const [name, inner] of Object.entries(value)) seek(inner, `${place}/${name}`);
    };
    seek(document, '#');
    expect(open).toEqual([]);
  });
});

describe('examples', () => {
  test('of answers fit their schemas', () => {
    let seen = 0;
    for (const [, , operation] of operations())
      for (const response of Object.values(operation.responses ?? {}) as ResponseObject[])
        for (const { schema, example, examples = {} } of Object.values(response.content ?? {}))
          for (const value of [example, ...Object.values(examples).map((one) => (one as { value: unknown }).value)]) {
            if (value === undefined) continue;
            expect(validatorOf(schema as SchemaObject)(value)).toBeUndefined();
            seen += 1;
          }
    expect(seen).toBeGreaterThan(40);
  });

  test('of requests fit their schemas and are accepted', async () => {
    const api = await anApi();
    const { body: payment } = await api.call.post('/api/v1/payments').send(aBody());
    let seen = 0;
    for (const [method, path, operation] of operations().filter(([, , { tags }]) => tags?.includes('Payments'))) {
      const content = (
        operation.requestBody as { content: Record<string, { schema: SchemaObject; examples: object }> } | undefined
      )?.content;
      for (const { schema, examples } of Object.values(content ?? {}))
        for (const { value } of Object.values(examples) as { value: object }[]) {
          expect(validatorOf(schema)(value)).toBeUndefined();
          const { status } = await api.call[method as 'post'](path.replace('{id}', payment.id)).send(value);
          expect([200, 201]).toContain(status);
          seen += 1;
        }
    }
    expect(seen).toBe(3);
  });
});

describe('answers', () => {
  const cases: readonly (readonly [string, 'get' | 'post', string, number, object?])[] = [
    [
      'createPayment',
      'post',
      '/api/v1/payments',
      201,
      { amount: 1, currency: 'XAF', reference: 'a', metadata: { a: 1 }, account_id: 'x' },
    ],
    ['createPayment', 'post', '/api/v1/payments', 400, {}],
    ['createPayment', 'post', '/api/v1/payments', 409, { amount: 1, currency: 'XAF', reference: 'taken' }],
    ['listPayments', 'get', '/api/v1/payments', 200],
    ['listPayments', 'get', '/api/v1/payments?cursor=x', 400],
    ['listPayments', 'get', '/api/v1/payments?x=1', 400],
    ['listPayments', 'get', '/api/v1/payments?status=%ZZ', 400],
    ['readPayment', 'get', '/api/v1/payments/:taken', 200],
    ['readPayment', 'get', '/api/v1/payments/x', 400],
    ['readPayment', 'get', `/api/v1/payments/${ID}`, 404],
    ['readPaymentHistory', 'get', '/api/v1/payments/:taken/history', 200],
    ['cancelPayment', 'post', '/api/v1/payments/:taken/cancel', 200],
    ['cancelPayment', 'post', `/api/v1/payments/${ID}/cancel`, 404],
    ['cancelPayment', 'post', '/api/v1/payments/:taken/cancel', 400, { x: 1 }],
    ['readPaymentHistory', 'get', `/api/v1/payments/${ID}/history`, 404],
    ['docsFile', 'get', '/docs/x', 404],
    ['listRecordedPayments', 'get', '/api/v1/recorded-payments', 200],
    ['listRecordedPayments', 'get', '/api/v1/recorded-payments?cursor=x', 400],
    ['exportRecordedPayments', 'get', '/api/v1/recorded-payments.csv', 200],
    ['readRecordedPayment', 'get', `/api/v1/recorded-payments/${ID}`, 404],
    ['readRecordingStats', 'get', '/api/v1/payments/stats', 200],
    ['health', 'get', '/health', 200],
    ['healthReady', 'get', '/health/ready', 200],
    ['healthLive', 'get', '/health/live', 200],
    ['describeProblem', 'get', '/problems/unavailable', 200],
    ['describeProblem', 'get', '/problems/x', 404],
  ];

  test.each(cases)('%s %s %s %i fits its schema', async (operationId, method, path, status, ...[body]) => {
    const api = await anApi();
    const { body: taken } = await api.call.post('/api/v1/payments').send(aBody({ reference: 'taken' }));
    const request = api.call[method](path.replace(':taken', taken.id));
    const answer = await (body ? request.send(body) : request);
    expect(answer.status).toBe(status);
    const operation = operations().find(([, , one]) => one.operationId === operationId)?.[2] as OperationObject;
    const said: unknown = answer.type.endsWith('json') ? answer.body : answer.text;
    expect(validatorOf(schemaOf(operation, status))(said)).toBeUndefined();
    const content = contentOf(operation, status);
    expect(Object.keys(content)).toEqual([answer.type]);
    if (status >= 400) expect(Object.keys(Object.values(content)[0]?.examples ?? {})).toContain(answer.body.code);
  });
});

test('the table knows what every route can answer', () => {
  const { deps } = anAppWith();
  for (const route of routes(deps)) {
    const operation = (document.paths?.[templateOf(route.path)] as Record<string, OperationObject> | undefined)?.[
      route.method
    ];
    const statuses = Object.keys(operation?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining(['400', '500']));
    if (route.for === 'tenant') expect(statuses).toEqual(expect.arrayContaining(['406', '503']));
    if (route.body) expect(statuses).toEqual(expect.arrayContaining(['413', '415']));
    if (route.path.includes(':id')) expect(statuses).toContain('404');
  }
});

test('the page is there, with a policy and without strangers', async () => {
  const api = await anApi();
  const { text, headers } = await api.call.get('/docs').expect(200);
  expect(headers['content-security-policy']).toContain("script-src 'self'");
  expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  expect(text).not.toMatch(/https?:/);
  for (const [, path = ''] of text.matchAll(/(?:src|href)="([^"]+)"/g)) await api.call.get(path).expect(200);
});
