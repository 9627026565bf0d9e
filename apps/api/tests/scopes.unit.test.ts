import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { allScopes, onlyReads, type Scope } from '@ferry/tenancy';
import { routes } from '../src/routes/table.js';
import { aKeyedApi, type AKeyedApi } from './a-keyed-api.js';
import { anAppWith, closeApis } from './an-api.js';

const table = routes(anAppWith().deps);
const asked = table.flatMap((route) => (route.for === 'tenant' ? [route] : []));

/** RELIABILITY A2: keys with each scope against each route of the table, through the whole api. */
describe('scopes', () => {
  let api: AKeyedApi;
  const only = new Map<Scope, string>();
  const allBut = new Map<Scope, string>();
  beforeAll(async () => {
    api = await aKeyedApi();
    for (const scope of allScopes) {
      only.set(scope, await api.issue({ scopes: [scope] }));
      allBut.set(scope, await api.issue({ scopes: allScopes.filter((one) => one !== scope) }));
    }
  });
  afterAll(closeApis);

  /** The code of the refusal, or `in`: whatever came next was for the route to say. */
  async function outcome({ method, path }: (typeof asked)[number], key = ''): Promise<string> {
    const answer = await api.call[method](path.replaceAll(/:\w+/g, newId(new Date()))).set(
      'Authorization',
      `Bearer ${key}`,
    );
    expect(answer.status).toBeLessThan(500);
    const code = String((answer.body as { code?: unknown }).code);
    return ['unauthenticated', 'insufficient-scope', 'tenant-suspended'].includes(code) ? code : 'in';
  }

  describe.each(['ACTIVE', 'SUSPENDED'] as const)('of a tenant that is %s', (status) => {
    beforeAll(() => api.turn(status));
    afterAll(() => api.turn('ACTIVE'));

    test.each(asked.map((route) => [route.method, route.path, route] as const))(
      '%s %s',
      async (_method, _path, route) => {
        const granted = status === 'ACTIVE' || onlyReads(route.scope) ? 'in' : 'tenant-suspended';
        for (const scope of allScopes) {
          const right = scope === route.scope;
          expect([scope, await outcome(route, only.get(scope))]).toEqual([
            scope,
            right ? granted : 'insufficient-scope',
          ]);
          expect([scope, await outcome(route, allBut.get(scope))]).toEqual([
            scope,
            right ? 'insufficient-scope' : granted,
          ]);
        }
      },
    );
  });

  test('only health and documents are open', () => {
    const open = table.filter((route) => route.for === 'everybody').map(({ path }) => path);
    expect(open.filter((path) => !/^\/(health|docs|openapi\.json|problems)\b/.test(path))).toEqual([]);
  });

  test('what changes something needs more than a scope to read', () => {
    expect(asked.filter(({ method, scope }) => method !== 'get' && onlyReads(scope))).toEqual([]);
    for (const { scope } of asked) expect(allScopes).toContain(scope);
  });
});
