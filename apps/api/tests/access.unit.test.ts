import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { Authenticator } from '@ferry/tenancy';
import { aKeyedApi, type AKeyedApi } from './a-keyed-api.js';
import { closeApis } from './an-api.js';

afterEach(closeApis);

describe('a key', () => {
  let api: AKeyedApi;
  beforeEach(async () => {
    api = await aKeyedApi();
  });

  test('lets in, whatever the case of the scheme, and its use is noted', async () => {
    const key = await api.issue();
    await api.get(`Bearer ${key}`).expect(200);
    await api.get(`bearer  ${key}`).expect(200);
    expect(api.noted).toMatchObject([{ tenantId: 'shop' }, { tenantId: 'shop' }]);
    expect(api.lines.filter(({ message }) => message === 'request').at(-1)?.fields).toMatchObject({
      tenant_id: 'shop',
      principal: api.noted[0]?.id,
    });
  });

  test('is refused for a missing scope, with the name of it', async () => {
    const { status, body, headers } = await api.get(`Bearer ${await api.issue({ scopes: ['payments:write'] })}`);
    expect([status, body.code]).toEqual([403, 'insufficient-scope']);
    expect(headers['www-authenticate']).toContain('scope="payments:read"');
  });

  test('what cannot be looked up is 503, not 401', async () => {
    const down = new Authenticator({ lookUp: () => Promise.reject(new Unavailable('postgres')) });
    const broken = await aKeyedApi({ access: { keys: down } });
    await broken.get(`Bearer ${await broken.issue()}`).expect(503);
  });
});

describe('a range of addresses', () => {
  const allowedRanges = ['203.0.113.0/24'];
  const forwarded = { 'X-Forwarded-For': '203.0.113.9' };

  test('a client cannot claim an address', async () => {
    const api = await aKeyedApi();
    await api.get(`Bearer ${await api.issue({ allowedRanges })}`, forwarded).expect(401);
    await api.get(`Bearer ${await api.issue({ allowedRanges: ['127.0.0.0/8'] })}`, forwarded).expect(200);
  });

  test('a trusted proxy tells it, and only the address that the proxy itself saw', async () => {
    const api = await aKeyedApi({ trustedProxies: ['127.0.0.1'] });
    const key = `Bearer ${await api.issue({ allowedRanges })}`;
    await api.get(key, forwarded).expect(200);
    await api.get(key, { 'X-Forwarded-For': '203.0.113.9, 198.51.100.7' }).expect(401);
    await api.get(key, { 'X-Forwarded-For': 'nonsense' }).expect(401);
    await api.get(key).expect(401);
  });

  describe('behind two proxies', () => {
    const [client, outer] = ['203.0.113.9', '10.0.0.5'];
    const through = (...addresses: string[]) => ({ 'X-Forwarded-For': addresses.join(', ') });

    test('both are trusted: the first address that is none of theirs is the client', async () => {
      const api = await aKeyedApi({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
      const key = `Bearer ${await api.issue({ allowedRanges })}`;
      await api.get(key, through(client, outer)).expect(200);
      // What the client itself claims stands to the left of what the outer proxy saw.
      await api.get(key, through(client, '198.51.100.7', outer)).expect(401);
      // One that claims to be a proxy of ours gets no further than its own address.
      await api.get(key, through(client, '10.0.0.66', '198.51.100.7', outer)).expect(401);
      await api.get(key, { 'X-Forwarded-For': [client, '198.51.100.7', outer] as never }).expect(401);
    });

    test('only the inner one is trusted: the outer one is the client', async () => {
      const api = await aKeyedApi({ trustedProxies: ['127.0.0.1'] });
      await api.get(`Bearer ${await api.issue({ allowedRanges })}`, through(client, outer)).expect(401);
      await api.get(`Bearer ${await api.issue({ allowedRanges: ['10.0.0.5'] })}`, through(client, outer)).expect(200);
    });
  });

  test('nothing but X-Forwarded-For is believed, of nobody', async () => {
    const api = await aKeyedApi({ trustedProxies: ['127.0.0.1'] });
    const key = `Bearer ${await api.issue({ allowedRanges })}`;
    for (const name of ['Forwarded', 'X-Real-IP', 'X-Client-IP', 'CF-Connecting-IP', 'True-Client-IP'])
      await api.get(key, { [name]: name === 'Forwarded' ? 'for=203.0.113.9' : '203.0.113.9' }).expect(401);
  });
});
