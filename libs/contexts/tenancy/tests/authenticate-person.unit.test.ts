import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { AuthenticatePerson, makeTenants, type PersonClaims, type TenantUser, type TenantUsers } from '@ferry/tenancy';

const now = new Date('2026-01-01T12:00:00Z');
const { live: tenant } = makeTenants('shop', 'Shop', now);
const ada: TenantUser = { tenantId: 'shop', subject: 'ada', role: 'operator', createdAt: now };
const claims: PersonClaims = { tenantId: 'shop', subject: 'ada', roles: ['operator', 'offline_access'] };

/** Time passes when a test says so, and not because the machine pauses. */
let nowMs = 1_000;
beforeEach(() => {
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => void jest.restoreAllMocks());

function aPerson(given: Partial<{ claims: PersonClaims | undefined; user: TenantUser; lateMs: number }> = {}) {
  let asked = 0;
  const users: Pick<TenantUsers, 'find'> = {
    find: async (tenantId, subject) => {
      asked += 1;
      nowMs += given.lateMs ?? 0;
      const user = given.user ?? ada;
      return tenantId === user.tenantId && subject === user.subject ? { user, tenant } : undefined;
    },
  };
  const tokens = { verify: () => Promise.resolve('claims' in given ? given.claims : claims) };
  const people = new AuthenticatePerson(tokens, users, { holdMs: 50, rememberedMax: 10 });
  return { authenticate: () => people.authenticate('token', now), asked: () => asked };
}

const scopesOf = async (roles: readonly string[], role: TenantUser['role']): Promise<readonly string[]> => {
  const answer = await aPerson({ claims: { ...claims, roles }, user: { ...ada, role } }).authenticate();
  return 'principal' in answer ? [...answer.principal.scopes].toSorted() : [answer.refusal];
};

describe('a person', () => {
  test('is let in by both, the provider and the tenant', async () => {
    expect(await aPerson().authenticate()).toMatchObject({
      principal: { tenantId: 'shop', kind: 'person', id: 'ada', mode: 'live' },
    });
  });

  test.each([
    [['admin'], 'viewer', ['config:read', 'payments:read', 'recorded-payments:read', 'usage:read']],
    [['viewer'], 'admin', ['config:read', 'payments:read', 'recorded-payments:read', 'usage:read']],
    [
      ['viewer', 'auditor'],
      'admin',
      ['audit:read', 'config:read', 'payments:read', 'recorded-payments:read', 'usage:read'],
    ],
    [['operator'], 'auditor', ['config:read', 'payments:read', 'recorded-payments:read', 'usage:read']],
    [['tenants:admin', 'root', 'constructor'], 'admin', []],
  ] as const)('with %j in the token and let in as %s may do what both allow', async (words, role, scopes) => {
    expect(await scopesOf(words, role)).toEqual(scopes);
  });

  test('is refused with a bad token, as a stranger, and when let out', async () => {
    expect(await aPerson({ claims: undefined }).authenticate()).toEqual({ refusal: 'bad-token' });
    const elsewhere = aPerson({ claims: { ...claims, tenantId: 'bank' } });
    expect(await elsewhere.authenticate()).toEqual({ refusal: 'stranger', tenantId: undefined });
    const out = aPerson({ user: { ...ada, removedAt: now } });
    expect(await out.authenticate()).toEqual({ refusal: 'stranger', tenantId: 'shop' });
  });

  test('is looked up once in a while, and again after it', async () => {
    const person = aPerson();
    await person.authenticate();
    await person.authenticate();
    expect(person.asked()).toBe(1);
    nowMs += 51;
    await person.authenticate();
    expect(person.asked()).toBe(2);
  });

  test('is not let in by an answer that came late', async () => {
    await expect(aPerson({ lateMs: 51 }).authenticate()).rejects.toThrow(Unavailable);
  });
});
