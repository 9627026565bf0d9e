import { createHmac, createPublicKey, type JsonWebKeyInput } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { OidcPersonTokens } from '@ferry/oidc';
import { formatKeyText, newKeyText, operatorGrantor } from '@ferry/tenancy';
import { AProvider, ISSUER } from '../../../libs/adapters/oidc/tests/a-provider.js';
import { FailedAttempts } from '../src/access/failed-attempts.js';
import { aKeyedApi, type AKeyedApi } from './a-keyed-api.js';
import { closeApis } from './an-api.js';

/** RELIABILITY A3: whatever is wrong with a key or a token, nobody comes in, and nobody learns what it was. */
describe('wrong keys and tokens', () => {
  let provider: AProvider;
  let genuine: Awaited<ReturnType<AProvider['signer']>>;
  let stranger: typeof genuine;
  let tokens: OidcPersonTokens;
  beforeAll(async () => {
    provider = await new AProvider().start();
    genuine = await provider.signer('one');
    stranger = await provider.signer('one', 'RS256', false);
    tokens = new OidcPersonTokens({
      issuer: ISSUER,
      audience: 'ferry',
      jwksUrl: provider.jwksUrl,
      tenantClaim: 'tenant_id',
    });
  });
  afterAll(() => provider.stop());
  afterEach(closeApis);

  const letIn = (api: AKeyedApi): Promise<void> =>
    api.store.users.put({ tenantId: 'shop', subject: 'f:1:ada', role: 'admin', createdAt: new Date() }, []);

  const past = new Date(Date.now() - 1);
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  /** Signed with what everybody can read, as if it were a shared secret (CVE-2015-9256). */
  async function confused(): Promise<string> {
    const [, claims = ''] = (await genuine()).split('.');
    const pem = createPublicKey({ key: provider.keys[0], format: 'jwk' } as JsonWebKeyInput).export({
      type: 'spki',
      format: 'pem',
    });
    const signed = `${encoded({ alg: 'HS256', kid: 'one' })}.${claims}`;
    return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  }

  /** Rotated without overlap: the old one ended when the new one began. */
  async function rotated(api: AKeyedApi): Promise<string> {
    const old = await api.issue();
    const [key] = await api.store.keys.findByPrefix('shop', [old.slice(0, 20)]);
    const operator = { actor: { kind: 'operator', id: 'ada' } } as const;
    if (!key) throw new Error('the key is there');
    const { outcome } = await api.tenancy.manageKeys.rotate('shop', key.id, 0, operatorGrantor, operator);
    expect(outcome).toBe('made');
    return old;
  }

  async function wrongOnes(api: AKeyedApi): Promise<readonly (readonly [what: string, header: string | undefined])[]> {
    const good = await api.issue();
    const other = await api.issue();
    const token = await genuine();
    const [head = '', claims = '', signature = ''] = token.split('.');
    const bearer: Record<string, string> = {
      nothing: '',
      'a word': 'x',
      'one letter less': good.slice(0, -1),
      'one letter more': `${good}0`,
      'another last letter': `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
      'its prefix alone': good.slice(0, 20),
      'its secret alone': good.slice(21),
      capitals: good.toUpperCase(),
      'one capital': good.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase()),
      "another key's secret": `${good.slice(0, 21)}${other.slice(21)}`,
      "another mode's prefix": good.replace('fk_live', 'fk_test'),
      'the key twice': `${good} ${good}`,
      'the key in quotes': `"${good}"`,
      'a guess': formatKeyText(newKeyText('live')),
      'a revoked key': await api.issue({}, { revokedAt: past }),
      'an expired key': await api.issue({}, { expiresAt: past }),
      'a rotated key, the overlap over': await rotated(api),
      'a key of other addresses': await api.issue({ allowedRanges: ['192.0.2.0/24'] }),
      'token without signature': `${head}.${claims}.`,
      'token with alg none': `${encoded({ alg: 'none' })}.${claims}.`,
      'token with alg None': `${encoded({ alg: 'None', kid: 'one' })}.${claims}.${signature}`,
      'token signed with the public key': await confused(),
      'token of a stranger': await stranger(),
      'token with other claims': `${head}.${encoded({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'root' })}.${signature}`,
      'expired token': await genuine({ exp: Math.floor(Date.now() / 1000) - 60 }),
      'token for another service': await genuine({ aud: 'other' }),
      'token of another issuer': await genuine({ iss: 'https://sso.example.com/realms/other' }),
      'token of somebody not let in': await genuine({ sub: 'mallory' }),
      'token for another tenant': await genuine({ tenant_id: 'other' }),
      'ID token': await genuine({ typ: 'ID' }),
      'garbage in three parts': 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
      'a token of 9,000 letters': `${head}.${'a'.repeat(9_000)}.${signature}`,
    };
    return [
      ['no header', undefined],
      ['an empty header', ''],
      ['the key alone', good],
      ['another scheme', `Token ${good}`],
      ['Basic', `Basic ${Buffer.from(`${good}:`).toString('base64')}`],
      ...Object.entries(bearer).map(([what, text]) => [what, `Bearer ${text}`] as const),
    ];
  }

  test('are refused with one and the same answer, to the byte, and logged without what was presented', async () => {
    const api = await aKeyedApi({ tokens });
    await letIn(api);
    const fixed = {
      'X-Correlation-Id': 'mine',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };
    const answers = new Map<string, string[]>();
    const presented = await wrongOnes(api);
    for (const [what, header] of presented) {
      const { status, headers, text } = await api.get(header, fixed);
      const { date, ...same } = headers as Record<string, string>;
      expect([what, status, typeof date]).toEqual([what, 401, 'string']);
      // The request's own name in the log is all that differs.
      const answer = JSON.stringify([same, text.replace(/"\/requests\/[0-9a-f-]{36}"/, '"/requests/"')]);
      answers.set(answer, [...(answers.get(answer) ?? []), what]);
    }
    expect([...answers.values()]).toEqual([presented.map(([what]) => what)]);
    expect([...answers.keys()][0]).toMatch(/"www-authenticate":"Bearer realm.*unauthenticated/);
    expect(api.noted).toEqual([]);
    const logged = api.logged().toLowerCase();
    for (const [what, header = ''] of presented)
      for (const part of header.split(/[\s._"]+/).filter((one) => one.length > 20))
        expect([what, logged.includes(part.toLowerCase())]).toEqual([what, false]);
    // Nothing of this is wrong with the same api and what is right.
    await api.get(`Bearer ${await api.issue()}`).expect(200);
    await api.get(`Bearer ${await genuine()}`).expect(200);
  });

  test('are slowed down after 20 in a minute, whatever they are; who is right comes in, and so do others', async () => {
    const api = await aKeyedApi({ access: { failures: new FailedAttempts() }, tokens, trustedProxies: ['127.0.0.1'] });
    const presented = (await wrongOnes(api)).slice(0, 25);
    const from = { 'X-Forwarded-For': '198.51.100.1' };
    const answers = [];
    for (const [, header] of presented) answers.push(await api.get(header, from));
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<number>(20).fill(401),
      ...Array<number>(5).fill(429),
    ]);
    const slowed = answers.at(-1);
    expect(slowed?.body.code).toBe('rate-limited');
    expect(Number(slowed?.headers['retry-after'])).toBeGreaterThan(0);
    await api.get('Bearer wrong', { 'X-Forwarded-For': '198.51.100.2' }).expect(401);
    await api.get(`Bearer ${await api.issue()}`, from).expect(200);
  });
});
