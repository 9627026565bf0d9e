import { afterEach, expect, test } from '@jest/globals';
import { Lifecycle } from '@ferry/wiring';
import { silentLogger } from '@ferry/kernel';
import { allScopes, nobody } from '@ferry/tenancy';
import { anAppWith } from './an-api.js';
import { listen } from '../src/listen.js';
import { isForOperators } from '../src/http/route.js';
import { routes } from '../src/routes/table.js';

let lifecycle = new Lifecycle();
afterEach(async () => {
  await lifecycle.close(1_000, silentLogger);
  lifecycle = new Lifecycle();
});

/** Both listeners, for somebody who may do everything. */
async function listeners(adminPort: number | undefined) {
  const principal = { ...nobody('default'), scopes: new Set(allScopes) };
  const { deps, lines } = anAppWith({ principalOf: () => Promise.resolve(principal) });
  const settings = { HOST: '127.0.0.1', PORT: 0, ADMIN_HOST: '127.0.0.1', ADMIN_PORT: adminPort };
  await listen(deps, settings as Parameters<typeof listen>[1], lifecycle);
  const portOf = (name: string): unknown => lines.find(({ message }) => message === `${name} listens`)?.fields.port;
  const asked = async (name: 'api' | 'operators api', method: string, path: string): Promise<string | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${String(portOf(name))}${path}`, { method });
    return answer.headers.get('content-type')?.startsWith('application/problem+json')
      ? ((await answer.json()) as { code: string }).code
      : undefined;
  };
  return { asked, portOf, table: routes(deps) };
}

test('each route is on one of the two listeners, and on the other there is nothing', async () => {
  const { asked, table } = await listeners(0);
  expect(table.filter(isForOperators).map(({ path }) => path)).toEqual(
    table.map(({ path }) => path).filter((path) => path.startsWith('/api/v1/admin/')),
  );
  expect(table.some(isForOperators)).toBe(true);
  for (const route of table) {
    const [here, there] = isForOperators(route)
      ? (['operators api', 'api'] as const)
      : (['api', 'operators api'] as const);
    const path = route.path.replaceAll(/:\w+/g, 'x');
    const method = route.method.toUpperCase();
    expect([method, path, await asked(there, method, path)]).toEqual([method, path, 'route-not-found']);
    // What is open to everybody may itself say that it has no such page.
    if (route.for === 'tenant')
      expect([method, path, await asked(here, method, path)]).not.toEqual([method, path, 'route-not-found']);
  }
});

test('without a port for operators what rules tenants is nowhere', async () => {
  const { asked, portOf } = await listeners(undefined);
  expect(portOf('operators api')).toBeUndefined();
  expect(await asked('api', 'POST', '/api/v1/admin/tenants')).toBe('route-not-found');
});

test('the document has the routes of both listeners, and says which are not here', async () => {
  const { portOf, table } = await listeners(0);
  const document = (await (await fetch(`http://127.0.0.1:${String(portOf('api'))}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string; servers?: object[] }>>;
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const namesOf = (some: readonly { operationId: string }[]) => some.map(({ operationId }) => operationId).sort();
  expect(namesOf(operations)).toEqual(namesOf(table));
  expect(namesOf(operations.filter(({ servers }) => servers))).toEqual(namesOf(table.filter(isForOperators)));
});
