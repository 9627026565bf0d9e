import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '@ferry/kernel';
import { allScopes, nobody } from '@ferry/tenancy';
import { InMemoryTenancy } from '@ferry/tenancy/testing';
import { openApiDocument } from '../src/http/openapi.js';
import { isProblemCode } from '../src/http/problem-codes.js';
import { routes } from '../src/routes/table.js';
import { aTenancy } from './a-tenancy.js';
import { anApi, anAppWith, closeApis, faultsOf, type Api } from './an-api.js';

/** RELIABILITY A5 for every operation that takes a body or a query, from the OpenAPI document: a new one is tried by itself. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 2_000);
jest.setTimeout(30_000 + RUNS * 20);

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Described {
  readonly security: readonly unknown[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: Schema; readonly examples: object } };
  };
}

const document = openApiDocument(routes(anAppWith().deps), ['simulated']) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { security, parameters, requestBody }]) => {
    if (security.length === 0) return [];
    const { schema, examples } = requestBody?.content['application/json'] ?? {};
    const [example] = Object.values(examples ?? {}) as { readonly value: Readonly<Record<string, unknown>> }[];
    const { properties = {}, required = [] } = document.components.schemas[schema?.$ref?.split('/').at(-1) ?? ''] ?? {};
    const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    return [{ name: `${method} ${path}`, method, path, query, example: example?.value, properties, required }];
  }),
);
/** In the words of others anything may stand: what is done with it, webhooks.unit.test.ts tells. */
const withBody = operations.flatMap((one) =>
  one.example && !one.path.endsWith('/webhook/{channel}') ? [{ ...one, example: one.example }] : [],
);
type Operation = (typeof operations)[number];
type WithBody = (typeof withBody)[number];

/** Every field of every answer belongs to the server, unless the body has it too; so do the columns behind them. */
const owned = [
  ...new Set([
    ...Object.values(document.components.schemas).flatMap(({ properties = {} }) => Object.keys(properties)),
    ...'tenant_id tenantId key_hash key_prefix secret_hash is_encrypted actor principal role'.split(' '),
    ...'constructor __proto__ prototype toString hasOwnProperty'.split(' '),
    '',
  ]),
];

/** JSON texts; each is wrong for every field but those of its own type. */
const odd = [
  '1e21',
  '-0',
  '-1',
  '1.5',
  'true',
  'null',
  '12345678901234567890',
  '1e999',
  '[1]',
  '[null]',
  '[[]]',
  '[{}]',
];
const oddFor = ({ type, oneOf, minLength, maxLength }: Schema): readonly string[] => [
  // An amount is the one number that may have decimals.
  ...odd.filter((one) => one !== '1.5' || oneOf === undefined),
  ...(type === 'object' ? [] : ['{}', '{"__proto__":{}}']),
  ...(type === 'array' ? [] : ['[]', '["a"]']),
  ...(type === 'string' ? ['"\\u0000"'] : []),
  // A text that may be only so long and need not have any length may be empty.
  ...(type === 'string' && (minLength || !maxLength) ? ['""'] : []),
  ...(type === 'integer' ? ['"1"', '"1e3"', '9007199254740993'] : []),
];

const textOf = (members: Readonly<Record<string, unknown>>, ...more: readonly string[]): string =>
  `{${[...Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`), ...more].join(',')}}`;
const without = (members: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(members).filter(([one]) => one !== name));

describe('every operation', () => {
  let api: Api;
  beforeAll(async () => {
    const tenancy = aTenancy(new InMemoryTenancy());
    await tenancy.onboardTenant.execute('shop', 'Shop', { actor: { kind: 'operator', id: 'ada' } });
    const principal = { ...nobody('shop'), scopes: new Set(allScopes) };
    api = await anApi({ tenancy, principalOf: () => Promise.resolve(principal) });
  });
  afterAll(closeApis);

  const pathOf = ({ path }: Pick<Operation, 'path'>): string =>
    path.replaceAll('{tenant}', 'nobody').replaceAll(/\{\w+\}/g, newId(new Date()));
  const send = ({ method, path }: Pick<Operation, 'method' | 'path'>, body: string) =>
    api.call[method as 'post'](pathOf({ path })).set('Content-Type', 'application/json').send(body);
  const audit = async (): Promise<string> => (await api.call.get('/api/v1/audit').expect(200)).text;

  async function refused(operation: WithBody, bodies: readonly string[], code = /^(invalid-request|malformed-json)$/) {
    const before = await audit();
    const events = api.repository.events.length;
    for (const body of bodies) {
      const { status, body: problem } = await send(operation, body);
      expect([body, status, problem.code]).toEqual([body, 400, expect.stringMatching(code)]);
    }
    expect(await audit()).toBe(before);
    expect(api.repository.events).toHaveLength(events);
  }

  test('is there to be tried', () => {
    expect(withBody.length).toBeGreaterThan(8);
    expect(owned.length).toBeGreaterThan(30);
  });

  describe.each(withBody.map((one) => [one.name, one] as const))('%s', (_name, operation) => {
    const { example, properties, required } = operation;

    test('refuses what the server owns, naming it', async () => {
      const foreign = owned.filter((name) => !(name in properties));
      await refused(
        operation,
        foreign.map((name) => textOf(example, `${JSON.stringify(name)}:"x"`)),
        /^invalid-request$/,
      );
      const { body } = await send(operation, textOf(example, '"tenant_id":"other"'));
      expect(faultsOf({ body })).toEqual(['tenant_id unknown-field']);
    });

    test('refuses anything but an object', () =>
      refused(operation, [`[${textOf(example)}]`, '[]', '"x"', '1', 'true', 'null', '{', `${textOf(example)}{}`]));

    test('refuses values of other types, and numbers that are none', async () => {
      for (const [name, schema] of Object.entries(properties)) {
        const rest = without(example, name);
        await refused(
          operation,
          oddFor(schema).map((value) => textOf(rest, `${JSON.stringify(name)}:${value}`)),
        );
      }
    });

    test('refuses a field given twice, and one that is missing', async () => {
      const twice = Object.entries(example).map(([name, value]) =>
        textOf(example, `${JSON.stringify(name)}:${JSON.stringify(value)}`),
      );
      await refused(operation, [...twice, '{"a":1,"a":1}'], /^malformed-json$/);
      await refused(
        operation,
        required.map((name) => textOf(without(example, name))),
        /^invalid-request$/,
      );
    });
  });

  test.each([
    '{"__proto__":{"currencies":[]}}',
    '{"constructor":{}}',
    '{"limits":{"__proto__":{"requests_per_minute":1}}}',
    '{"limits":{"requests_per_minute":1e21}}',
    '{"limits":{"requests_per_minute":-0}}',
    '{"limits":{"requests_per_minute":true}}',
    '{"limits":{"payments_per_day":12345678901234567890}}',
    '{"limits":{"amount_max_minor":{"XAF":5}}}',
    '{"limits":{"amount_max_minor":{"XAF":"1e3"}}}',
    '{"limits":[]}',
    '{"retention":{"audit_days":1}}',
    '{"currencies":{"0":"XAF"}}',
    '{"currencies":["XAF","XAF"],"currencies":[]}',
    '{"version":7}',
  ])('a configuration like %s is refused', async (config) => {
    const before = await audit();
    const { status, body } = await send({ method: 'put', path: '/api/v1/config' }, `{"version":0,"config":${config}}`);
    expect([status, isProblemCode(body.code as string)]).toEqual([400, true]);
    expect(await audit()).toBe(before);
  });

  test.each(operations.filter(({ method }) => method === 'get').map((one) => [one.name, one] as const))(
    '%s refuses parameters that it does not know, or that come twice',
    async (_name, operation) => {
      for (const search of [
        '?x=1',
        '?__proto__=1',
        '?tenant_id=other',
        ...operation.query.map((one) => `?${one}=1&${one}=1`),
      ])
        expect([search, (await api.call.get(`${pathOf(operation)}${search}`)).status]).toEqual([search, 400]);
    },
  );

  test('whatever comes, none answers with 5xx', async () => {
    const anyJson = fc.oneof(
      fc.json(),
      fc.constantFrom(...odd),
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
    );
    const attempt = fc.constantFrom(...withBody).chain((operation) =>
      fc.record({
        operation: fc.constant(operation),
        changed: fc.array(fc.tuple(fc.constantFrom(...Object.keys(operation.properties), '__proto__', 'id'), anyJson), {
          maxLength: 3,
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(attempt, async ({ operation, changed }) => {
        const members = changed.map(([name, value]) => `${JSON.stringify(name)}:${value}`);
        const kept = changed.reduce((rest, [name]) => without(rest, name), operation.example);
        const { status, body } = await send(operation, textOf(kept, ...members));
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(isProblemCode(String(body.code))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
