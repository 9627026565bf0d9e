import { afterEach, describe, expect, test } from '@jest/globals';
import { newId, systemClock } from '@ferry/kernel';
import { KeepSecrets, makeTenants, tenantScopes, type Principal, type Scope } from '@ferry/tenancy';
import { InMemoryTenancy } from '@ferry/tenancy/testing';
import { aTenancy } from './a-tenancy.js';
import { anApi, closeApis, faultsOf } from './an-api.js';

afterEach(closeApis);

const telling = { clock: systemClock, newId };

/** Two tenants on one store, and an api that takes each caller's word for who they are. */
async function twoTenants(scopes: readonly Scope[] = tenantScopes) {
  const store = new InMemoryTenancy();
  for (const id of ['shop', 'other']) {
    const { live: tenant } = makeTenants(id, id, new Date());
    const unit = { tenantId: id, id: 'north', name: 'North', createdAt: new Date() };
    await store.tenants.add([{ tenant, units: [unit], keys: [], audit: [] }]);
  }
  const principal = (tenantId: string): Principal => ({
    businessUnitId: undefined,
    tenantId,
    tenantStatus: 'ACTIVE',
    mode: 'live',
    kind: 'person',
    id: 'ada',
    scopes: new Set(scopes),
  });
  const api = await anApi({
    tenancy: aTenancy(store),
    principalOf: (request) => Promise.resolve(principal(request.headers.authorization ?? 'shop')),
  });
  const as = (tenant: string, method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object) =>
    api.call[method](`/api/v1${path}`).set('Authorization', tenant).send(body);
  return { api, store, as };
}

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('people', () => {
  const KEYCLOAK = 'f:5e3:ada@example.com|1/2?#%';
  const at = (subject: string): string => `/users/${encodeURIComponent(subject)}`;

  test('are let in, changed, listed and let out, whatever letters their subject has', async () => {
    const { as } = await twoTenants();
    const letIn = (subject: string, given: object = {}) =>
      as('shop', 'post', '/users', { subject, role: 'viewer', ...given });
    const change = (body: object) => as('shop', 'put', at(KEYCLOAK), body);
    expect((await change({ role: 'operator' }).expect(404)).body.code).toBe('user-not-found');
    const { body } = await letIn(KEYCLOAK, { business_unit_id: 'north' }).expect(201);
    expect(body).toMatchObject({ subject: KEYCLOAK, role: 'viewer', business_unit_id: 'north' });
    expect((await letIn(KEYCLOAK, { role: 'admin' }).expect(409)).body.code).toBe('name-taken');
    expect((await change({ role: 'operator' }).expect(200)).body).not.toHaveProperty('business_unit_id');
    await letIn('bob').expect(201);
    const page = await as('shop', 'get', '/users?limit=1').expect(200);
    expect(page.body).toMatchObject({ data: [{ subject: 'bob' }], next_cursor: expect.any(String) });
    const rest = await as('shop', 'get', `/users?limit=1&cursor=${page.body.next_cursor}`).expect(200);
    expect(rest.body).toMatchObject({ data: [{ subject: KEYCLOAK, role: 'operator' }], next_cursor: null });
    for (let twice = 0; twice < 2; twice += 1)
      expect((await as('shop', 'delete', at(KEYCLOAK)).expect(200)).body).toHaveProperty('removed_at');
    await change({ role: 'viewer' }).expect(404);
    await letIn(KEYCLOAK).expect(201);
  });

  test('of another tenant are nobody', async () => {
    const { as } = await twoTenants();
    for (const subject of ['ada', 'bob']) await as('shop', 'post', '/users', { subject, role: 'admin' }).expect(201);
    for (const method of ['put', 'delete'] as const) {
      const body = method === 'put' ? { role: 'viewer' } : undefined;
      const theirs = await as('other', method, at('ada'), body).expect(404);
      const nobodys = await as('other', method, at('eve'), body).expect(404);
      expect([theirs.body.code, theirs.body.detail]).toEqual([nobodys.body.code, nobodys.body.detail]);
    }
    expect((await as('other', 'get', '/users').expect(200)).body.data).toEqual([]);
    const { body } = await as('shop', 'get', '/users?limit=1').expect(200);
    for (const cursor of [body.next_cursor as string, 'ada', Buffer.from('x.ada').toString('base64url')])
      expect((await as('other', 'get', `/users?cursor=${cursor}`).expect(400)).body.code).toBe('invalid-cursor');
    await as('other', 'post', '/users', { subject: 'ada', role: 'viewer' }).expect(201);
    expect((await as('shop', 'get', '/users').expect(200)).body.data).toMatchObject([
      { role: 'admin' },
      { role: 'admin' },
    ]);
  });

  test('get no role that may do more than whoever lets them in', async () => {
    const { as } = await twoTenants([
      'users:admin',
      'payments:read',
      'recorded-payments:read',
      'config:read',
      'usage:read',
    ]);
    const eve = { subject: 'eve', role: 'admin' };
    expect((await as('shop', 'post', '/users', eve).expect(403)).body.code).toBe('grant-exceeded');
    await as('shop', 'post', '/users', { ...eve, role: 'viewer' }).expect(201);
    expect((await as('shop', 'put', at('eve'), { role: 'admin' }).expect(403)).body.code).toBe('grant-exceeded');
  });

  test.each([
    [{ subject: 'a', role: 'owner' }, 'role one-of'],
    [{ subject: 'a', role: 'viewer', business_unit_id: 'south' }, 'business_unit_id one-of'],
    [{ subject: 'a' }, 'role required'],
    [{ role: 'viewer' }, 'subject required'],
    [{ subject: 'a\u0000', role: 'viewer' }, 'subject characters'],
    [{ subject: 'a'.repeat(256), role: 'viewer' }, 'subject length'],
  ])('POST %j: %s', async (body, fault) => {
    const { as } = await twoTenants();
    expect(faultsOf(await as('shop', 'post', '/users', body).expect(400))).toEqual([fault]);
  });

  test.each(['a\u0000', 'a'.repeat(256)])('PUT /users/%j: subject characters', async (subject) => {
    const { as } = await twoTenants();
    expect(faultsOf(await as('shop', 'put', at(subject), { role: 'viewer' }).expect(400))).toEqual([
      'subject characters',
    ]);
  });
});

describe('secrets', () => {
  const secret = { name: 'webhook/orders', value: 'whsec_never-to-be-seen' };

  test('go in and never come out; an old one is valid beside the new one for the overlap', async () => {
    const { api, store, as } = await twoTenants();
    const first = await as('shop', 'post', '/secrets', secret).expect(201);
    const second = await as('shop', 'post', '/secrets', { ...secret, value: 'whsec_second', overlap_hours: 1 });
    const listed = await as('shop', 'get', '/secrets').expect(200);
    expect(listed.body).toMatchObject({
      data: [
        { id: first.body.id, name: secret.name, expires_at: expect.any(String) },
        { id: second.body.id, name: secret.name },
      ],
      next_cursor: null,
    });
    const { keepSecrets } = api.deps.tenancy as unknown as { keepSecrets: KeepSecrets };
    expect(await keepSecrets.open('shop', secret.name)).toEqual(['whsec_second', secret.value]);
    const removed = await as('shop', 'delete', `/secrets/${second.body.id}`).expect(200);
    expect(await keepSecrets.open('shop', secret.name)).toEqual([secret.value]);
    const audit = await as('shop', 'get', '/audit').expect(200);
    expect(linesOf(audit.text).map(({ action, subject }) => [action, subject])).toEqual([
      ['secret.added', secret.name],
      ['secret.added', secret.name],
      ['secret.removed', secret.name],
    ]);
    const seen = [first.text, second.text, listed.text, removed.text, audit.text, JSON.stringify(api.lines)].join();
    expect(seen).not.toMatch(/whsec/);
    expect(store.state.tenants.get('shop')?.secrets.find(({ id }) => id === second.body.id)?.sealed.box).toBe('');
  });

  test('with no overlap end at once', async () => {
    const { api, as } = await twoTenants();
    await as('shop', 'post', '/secrets', secret).expect(201);
    await as('shop', 'post', '/secrets', { ...secret, value: 'whsec_second', overlap_hours: 0 }).expect(201);
    const { keepSecrets } = api.deps.tenancy as unknown as { keepSecrets: KeepSecrets };
    expect(await keepSecrets.open('shop', secret.name)).toEqual(['whsec_second']);
  });

  test('of another tenant are none', async () => {
    const { as } = await twoTenants();
    const { body } = await as('shop', 'post', '/secrets', secret).expect(201);
    const theirs = await as('other', 'delete', `/secrets/${body.id}`).expect(404);
    const nobodys = await as('other', 'delete', `/secrets/${newId()}`).expect(404);
    expect([theirs.body.code, theirs.body.detail]).toEqual([nobodys.body.code, nobodys.body.detail]);
    expect((await as('other', 'get', '/secrets').expect(200)).body.data).toEqual([]);
    expect((await as('shop', 'get', '/secrets').expect(200)).body.data).toHaveLength(1);
  });

  test('are refused where there is no key to seal them with', async () => {
    const store = new InMemoryTenancy();
    const { live: tenant } = makeTenants('default', 'Default', new Date());
    await store.tenants.add([{ tenant, units: [], keys: [], audit: [] }]);
    const box = { keyId: undefined, seal: () => Promise.reject(new Error('sealed')), open: () => Promise.resolve([]) };
    const keepSecrets = new KeepSecrets(store.configs, box, telling);
    const api = await anApi({ tenancy: { ...aTenancy(store), keepSecrets } });
    const { body } = await api.call.post('/api/v1/secrets').send(secret).expect(409);
    expect(body.code).toBe('secrets-not-kept');
  });

  test.each([
    [{ ...secret, name: 'Webhook' }, 'name characters'],
    [{ ...secret, value: '' }, 'value length'],
    [{ ...secret, value: 'x'.repeat(4_097) }, 'value length'],
    [{ ...secret, overlap_hours: -1 }, 'overlap_hours integer'],
    [{ ...secret, sealed: 'x' }, 'sealed unknown-field'],
  ])('POST %j: %s', async (body, fault) => {
    const { as } = await twoTenants();
    const answer = await as('shop', 'post', '/secrets', body).expect(400);
    expect(faultsOf(answer)).toEqual([fault]);
    expect(answer.text).not.toContain(secret.value);
  });
});

test('the audit log is exported in the order of its chain, continued behind a sequence, and told by time', async () => {
  const { as } = await twoTenants();
  for (const subject of ['a', 'b', 'c']) await as('shop', 'post', '/users', { subject, role: 'viewer' }).expect(201);
  const audit = async (query = ''): Promise<unknown[]> => {
    const answer = await as('shop', 'get', `/audit${query}`).expect(200);
    expect(answer.headers['content-type']).toMatch(/^application\/jsonl/);
    return linesOf(answer.text).map(({ sequence, subject }) => [sequence, subject]);
  };
  const all = [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ];
  expect(await audit()).toEqual(all);
  expect(await audit('?after=2')).toEqual(all.slice(2));
  expect(await audit('?after=3')).toEqual([]);
  expect(await audit('?since=2000-01-01T00:00:00Z&until=2100-01-01T00:00:00Z&after=1')).toEqual(all.slice(1));
  expect(await audit('?since=2100-01-01T00:00:00Z')).toEqual([]);
  expect(linesOf((await as('other', 'get', '/audit').expect(200)).text)).toEqual([]);
  await as('shop', 'get', '/audit?after=-1').expect(400);
});
