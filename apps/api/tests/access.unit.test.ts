import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, systemClock, Unavailable } from '@ferry/kernel';
import {
  allScopes,
  Authenticator,
  formatKeyText,
  makeKey,
  makeTenants,
  newKeyText,
  nobody,
  onlyReads,
  type ApiKey,
  type KeyGrant,
  type KnownKey,
  type Principal,
} from '@ferry/tenancy';
import { keyedPrincipalOf, type AccessParts } from '../src/access/keyed.js';
import { routes } from '../src/routes/table.js';
import { anApi, anAppWith, closeApis, type Api } from './an-api.js';

afterEach(closeApis);

const PATH = '/api/v1/payments';
const { live: tenant } = makeTenants('shop', 'Shop', new Date());

/** Keys in memory, and an api that asks for them. */
async function aKeyedApi(overrides: Partial<AccessParts> = {}, trustedProxies: readonly string[] = []) {
  const known = new Map<string, KnownKey>();
  const noted: Principal[] = [];
  const issue = (grant: Partial<KeyGrant> = {}, change: Partial<ApiKey> = {}): string => {
    const text = newKeyText('live');
    const full = { name: 'a', scopes: allScopes, allowedRanges: [], ...grant };
    const key = { ...makeKey(tenant, newId(new Date()), text, full, new Date()), ...change };
    known.set(text.prefix, { key, tenant });
    return formatKeyText(text);
  };
  const { deps } = anAppWith();
  const api: Api = await anApi({
    trustedProxies,
    principalOf: (request) => principalOf(request),
  });
  const principalOf = keyedPrincipalOf({
    keys: new Authenticator({ lookUp: async (prefixes) => prefixes.map((prefix) => known.get(prefix)) }),
    uses: { note: (principal) => void noted.push(principal) },
    failures: { note: () => undefined },
    clock: systemClock,
    logger: api.deps.logger ?? deps.logger,
    ...overrides,
  });
  const get = (authorization?: string, headers: Record<string, string> = {}) =>
    api.call.get(PATH).set({ ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) });
  return { ...api, issue, get, noted };
}

describe('a key', () => {
  let api: Awaited<ReturnType<typeof aKeyedApi>>;
  beforeEach(async () => {
    api = await aKeyedApi();
  });

  test('lets in, whatever the case of the scheme, and its use is noted', async () => {
    const key = api.issue();
    await api.get(`Bearer ${key}`).expect(200);
    await api.get(`bearer  ${key}`).expect(200);
    expect(api.noted).toMatchObject([{ tenantId: 'shop' }, { tenantId: 'shop' }]);
    expect(api.lines.filter(({ message }) => message === 'request').at(-1)?.fields).toMatchObject({
      tenant_id: 'shop',
      principal: api.noted[0]?.id,
    });
  });

  test('whatever is wrong with it, the answer is one and the same', async () => {
    const good = api.issue();
    const other = api.issue();
    const past = new Date(Date.now() - 1);
    const presented = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      `Basic ${Buffer.from(good).toString('base64')}`,
      good,
      `Token ${good}`,
      `Bearer ${good.slice(0, -1)}`,
      `Bearer ${good}0`,
      `Bearer ${good.toUpperCase()}`,
      `Bearer ${good.slice(0, 20)}${other.slice(20)}`,
      `Bearer ${good.replace('fk_live', 'fk_test')}`,
      `Bearer ${good} ${good}`,
      `Bearer ${formatKeyText(newKeyText('live'))}`,
      `Bearer ${api.issue({}, { revokedAt: past })}`,
      `Bearer ${api.issue({}, { expiresAt: past })}`,
      `Bearer ${api.issue({ allowedRanges: ['192.0.2.0/24'] })}`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
    ];
    const answers = new Set<string>();
    for (const one of presented) {
      const { status, headers, body } = await api.get(one);
      const { instance, trace_id: trace, ...same } = body as Record<string, unknown>;
      expect([one, instance, trace]).toEqual([one, expect.any(String), expect.any(String)]);
      const { 'x-correlation-id': correlation, date, ...sameHeaders } = headers as Record<string, string>;
      expect([correlation, date]).toEqual([expect.any(String), expect.any(String)]);
      answers.add(JSON.stringify([status, same, sameHeaders]));
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^\[401,.*"unauthenticated".*"www-authenticate":"Bearer realm/);
    expect(api.noted).toEqual([]);
    const secret = good.slice(21);
    expect(JSON.stringify(api.lines)).not.toContain(secret);
    expect(JSON.stringify(api.lines).toLowerCase()).not.toContain(secret);
  });

  test('is refused for a missing scope, with the name of it', async () => {
    const { status, body, headers } = await api.get(`Bearer ${api.issue({ scopes: ['payments:write'] })}`);
    expect([status, body.code]).toEqual([403, 'insufficient-scope']);
    expect(headers['www-authenticate']).toContain('scope="payments:read"');
  });

  test('what cannot be looked up is 503, not 401', async () => {
    const down = new Authenticator({ lookUp: () => Promise.reject(new Unavailable('postgres')) });
    const broken = await aKeyedApi({ keys: down });
    await broken.get(`Bearer ${broken.issue()}`).expect(503);
  });
});

describe('a range of addresses', () => {
  const allowedRanges = ['203.0.113.0/24'];
  const forwarded = { 'X-Forwarded-For': '203.0.113.9' };

  test('a client cannot claim an address', async () => {
    const api = await aKeyedApi();
    await api.get(`Bearer ${api.issue({ allowedRanges })}`, forwarded).expect(401);
    await api.get(`Bearer ${api.issue({ allowedRanges: ['127.0.0.0/8'] })}`, forwarded).expect(200);
  });

  test('a trusted proxy tells it, and only the address that the proxy itself saw', async () => {
    const api = await aKeyedApi({}, ['127.0.0.1']);
    const key = `Bearer ${api.issue({ allowedRanges })}`;
    await api.get(key, forwarded).expect(200);
    await api.get(key, { 'X-Forwarded-For': '203.0.113.9, 198.51.100.7' }).expect(401);
    await api.get(key, { 'X-Forwarded-For': 'nonsense' }).expect(401);
    await api.get(key).expect(401);
  });

  describe('behind two proxies', () => {
    const [client, outer] = ['203.0.113.9', '10.0.0.5'];
    const through = (...addresses: string[]) => ({ 'X-Forwarded-For': addresses.join(', ') });

    test('both are trusted: the first address that is none of theirs is the client', async () => {
      const api = await aKeyedApi({}, ['127.0.0.1', '10.0.0.0/8']);
      const key = `Bearer ${api.issue({ allowedRanges })}`;
      await api.get(key, through(client, outer)).expect(200);
      // What the client itself claims stands to the left of what the outer proxy saw.
      await api.get(key, through(client, '198.51.100.7', outer)).expect(401);
      // One that claims to be a proxy of ours gets no further than its own address.
      await api.get(key, through(client, '10.0.0.66', '198.51.100.7', outer)).expect(401);
      await api.get(key, { 'X-Forwarded-For': [client, '198.51.100.7', outer] as never }).expect(401);
    });

    test('only the inner one is trusted: the outer one is the client', async () => {
      const api = await aKeyedApi({}, ['127.0.0.1']);
      await api.get(`Bearer ${api.issue({ allowedRanges })}`, through(client, outer)).expect(401);
      await api.get(`Bearer ${api.issue({ allowedRanges: ['10.0.0.5'] })}`, through(client, outer)).expect(200);
    });
  });

  test('nothing but X-Forwarded-For is believed, of nobody', async () => {
    const api = await aKeyedApi({}, ['127.0.0.1']);
    const key = `Bearer ${api.issue({ allowedRanges })}`;
    for (const name of ['Forwarded', 'X-Real-IP', 'X-Client-IP', 'CF-Connecting-IP', 'True-Client-IP'])
      await api.get(key, { [name]: name === 'Forwarded' ? 'for=203.0.113.9' : '203.0.113.9' }).expect(401);
  });
});

describe('the route table', () => {
  const { deps } = anAppWith();
  const table = routes(deps);

  test('only health and documents are open', () => {
    const open = table.filter((route) => route.for === 'everybody').map(({ path }) => path);
    expect(open.filter((path) => !/^\/(health|docs|openapi\.json|problems)\b/.test(path))).toEqual([]);
    for (const route of table) if (route.for === 'tenant') expect(allScopes).toContain(route.scope);
  });

  /** A2: every scope against every route. */
  const matrix = table.flatMap((route) =>
    route.for === 'tenant' ? allScopes.map((scope) => ({ route, scope, needed: route.scope })) : [],
  );

  test.each(matrix.map((one) => [one.route.method, one.route.path, one.scope, one] as const))(
    '%s %s with %s',
    async (method, path, scope, { needed }) => {
      for (const tenantStatus of ['ACTIVE', 'SUSPENDED'] as const) {
        const principal = { ...nobody('shop'), tenantStatus, scopes: new Set([scope]) };
        const api = await anApi({ principalOf: () => Promise.resolve(principal) });
        const { body } = await api.call[method](path.replaceAll(/:\w+/g, newId(new Date())));
        const refusals = ['insufficient-scope', 'tenant-suspended'];
        const refused = refusals.includes(body.code as string) ? (body.code as string) : 'through';
        if (scope !== needed) expect(refused).toBe('insufficient-scope');
        else expect(refused).toBe(tenantStatus === 'ACTIVE' || onlyReads(needed) ? 'through' : 'tenant-suspended');
      }
    },
  );
});
