import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { SignJWT } from 'jose';
import { OidcPersonTokens } from '../src/index.js';
import { AProvider, ISSUER } from './a-provider.js';

type Sign = Awaited<ReturnType<AProvider['signer']>>;

let provider: AProvider;
let sign: Sign;
let tokens: OidcPersonTokens;
beforeEach(async () => {
  provider = await new AProvider().start();
  sign = await provider.signer('one');
  tokens = tokensOf(provider);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await provider.stop();
});

const tokensOf = ({ jwksUrl }: AProvider): OidcPersonTokens =>
  new OidcPersonTokens({ issuer: ISSUER, audience: 'ferry', tenantClaim: 'tenant_id', jwksUrl });
const verify = (token: string) => tokens.verify(token, new Date());
const inSeconds = (s: number): number => Math.floor(Date.now() / 1000) + s;

test('a genuine token tells the tenant, the person, and the roles of the realm and of our client', async () => {
  expect(await verify(await sign())).toEqual({
    tenantId: 'shop',
    subject: 'f:1:ada',
    roles: ['offline_access', 'operator', 'auditor'],
  });
});

test.each(['PS256', 'ES256', 'EdDSA'])('%s is let in too', async (alg) => {
  const other = await provider.signer('two', alg);
  expect(await verify(await other())).toMatchObject({ tenantId: 'shop' });
});

describe('refuses', () => {
  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: `${ISSUER}/` }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['an expired one', { exp: inSeconds(-31) }],
    ['one without an end', { exp: undefined }],
    ['one that is not valid yet', { nbf: inSeconds(60) }],
    ['nobody', { sub: undefined }],
    ['no tenant', { tenant_id: undefined }],
    ['a tenant that is no text', { tenant_id: ['shop'] }],
    ['an ID token', { typ: 'ID' }],
  ])('%s', async (_what, claims) => {
    expect(await verify(await sign(claims))).toBeUndefined();
  });

  test('a stranger’s signature under a known name', async () => {
    const stranger = await provider.signer('one', 'RS256', false);
    expect(await verify(await stranger())).toBeUndefined();
  });

  test('an algorithm that is not ours, though its key is published', async () => {
    const other = await provider.signer('two', 'RS512');
    expect(await verify(await other())).toBeUndefined();
  });

  test('a shared secret, `none`, an altered body, nonsense, and what is too long', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(provider.keys[0]).padEnd(64));
    const [head = '', body = '', signature = ''] = (await sign()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const altered = Buffer.from(Buffer.from(body, 'base64url').toString().replace('shop', 'shot')).toString(
      'base64url',
    );
    const bad = [
      await new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret),
      `${none}.${body}.`,
      `${head}.${altered}.${signature}`,
      'x.y.z',
      '',
      await sign({ filler: 'x'.repeat(8_192) }),
    ];
    for (const token of bad) expect(await verify(token)).toBeUndefined();
  });
});

test('clocks may differ by 30 s', async () => {
  expect(await verify(await sign({ exp: inSeconds(-20) }))).toBeDefined();
});

test('roles in another shape mean nothing', async () => {
  const claims = await verify(await sign({ realm_access: { roles: 'admin' }, resource_access: { ferry: null } }));
  expect(claims?.roles).toEqual([]);
});

describe('the keys of the provider', () => {
  test('are asked for once, not for each token', async () => {
    for (let i = 0; i < 5; i += 1) await verify(await sign());
    expect(provider.asked).toBe(1);
  });

  test('are asked for again for an unknown name, but not for each', async () => {
    await verify(await sign());
    const unknown = await provider.signer('nobody', 'RS256', false);
    for (let i = 0; i < 5; i += 1) expect(await verify(await unknown())).toBeUndefined();
    expect(provider.asked).toBe(1);
  });

  test('that never came make it unavailable, not refused', async () => {
    provider.status = 500;
    await expect(verify(await sign())).rejects.toThrow(Unavailable);
    await provider.stop();
    await expect(verify(await sign())).rejects.toThrow(Unavailable);
    await provider.start();
    provider.status = 200;
    expect(await verify(await sign())).toBeDefined();
  });

  test('are kept while it is away, and only one request in a while waits for it', async () => {
    await verify(await sign());
    provider.status = 503;
    const token = await sign({ exp: inSeconds(7_200) });
    const later = Date.now() + 3_600_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    for (let i = 0; i < 5; i += 1) expect(await tokens.verify(token, new Date(later))).toBeDefined();
    expect(provider.asked).toBe(2);
    const stranger = await provider.signer('one', 'RS256', false);
    expect(await verify(await stranger())).toBeUndefined();
  });
});
