import { describe, expect, test } from '@jest/globals';
import {
  allScopes,
  authorise,
  chain,
  faultOf,
  formatKeyText,
  isLiveTenantId,
  linkFault,
  makeTenants,
  newKeyText,
  nobody,
  parseConfig,
  parseKeyText,
  principalOfKey,
  roles,
  configJson,
  type JsonValue,
} from '@ferry/tenancy';
import { aKey, anEntry, AT } from '../testing/builders.js';

const { live, twin } = makeTenants('shop', 'Shop', AT);
const later = (ms: number): Date => new Date(AT.getTime() + ms);

describe('the text of a key', () => {
  test('is what the documents say, and is read back', () => {
    const text = newKeyText('live');
    expect(formatKeyText(text)).toMatch(/^fk_live_[0-9a-hjkmnp-tv-z]{12}_[0-9a-hjkmnp-tv-z]{52}$/);
    expect(parseKeyText(formatKeyText(text))).toEqual(text);
  });

  test('uses every letter, and no two are alike', () => {
    const texts = Array.from({ length: 200 }, () => formatKeyText(newKeyText('test')));
    expect(new Set(texts).size).toBe(200);
    expect(new Set(texts.map((text) => text.slice(8)).join('')).size).toBe(33);
  });

  const good = formatKeyText(newKeyText('live'));
  test.each([
    ['nothing', ''],
    ['upper case', good.toUpperCase()],
    ['one letter upper case', good.replace(/.$/, 'A')],
    ['truncated', good.slice(0, -1)],
    ['longer', `${good}0`],
    ['a letter of no key', good.replace(/.$/, 'l')],
    ['another mode', good.replace('live', 'prod')],
    ['a space', ` ${good}`],
    ['a line end', `${good}\n`],
  ])('%s is no key', (_, text) => {
    expect(parseKeyText(text)).toBeUndefined();
  });
});

describe('a key', () => {
  test.each([
    ['is let in', {}, undefined],
    ['has ended', { expiresAt: AT }, 'expired'],
    ['ends in a moment', { expiresAt: later(1) }, undefined],
    ['comes from elsewhere', { allowedRanges: ['10.0.0.0/8'] }, 'address'],
    ['comes from one of its ranges', { allowedRanges: ['10.0.0.0/8', '192.0.2.0/24'] }, undefined],
  ] as const)('that %s', (_, grant, fault) => {
    expect(faultOf(aKey(live, grant), '192.0.2.7', AT)).toBe(fault);
  });

  test('belongs to a tenant of its mode', () => {
    expect(() => aKey(twin, {}, newKeyText('live'))).toThrow(/belongs to a live tenant/);
  });
});

describe('what a principal may do', () => {
  const principal = principalOfKey(aKey(live, { scopes: ['payments:read', 'payments:write', 'keys:admin'] }), live);
  const suspended = { ...principal, tenantStatus: 'SUSPENDED' as const };
  test.each([
    [principal, 'payments:write', 'granted'],
    [principal, 'audit:read', 'missing-scope'],
    [suspended, 'payments:read', 'granted'],
    [suspended, 'payments:write', 'tenant-suspended'],
    [suspended, 'keys:admin', 'tenant-suspended'],
    [suspended, 'config:write', 'missing-scope'],
    [nobody('default'), 'payments:write', 'granted'],
    [nobody('default'), 'tenants:admin', 'missing-scope'],
  ] as const)('%#: %j %s', (who, scope, authorisation) => {
    expect(authorise(who, scope)).toBe(authorisation);
  });

  test('no role rules tenants, and every role but admin only looks or pays', () => {
    for (const scopes of Object.values(roles)) expect(scopes).not.toContain('tenants:admin');
    for (const role of ['viewer', 'auditor'] as const)
      expect(roles[role].every((scope) => scope.endsWith(':read'))).toBe(true);
    expect(roles.operator).not.toContain('config:write');
    expect([...roles.admin, 'tenants:admin'].sort()).toEqual([...allScopes].sort());
  });
});

test.each([
  ['shop', true],
  ['TENANT-001', true],
  ['a'.repeat(15), true],
  ['a'.repeat(16), false],
  ['shop-test', false],
  ['-shop', false],
  ['', false],
  ['sh op', false],
  ["shop'", false],
])('%s as the id of a live tenant: %s', (id, good) => {
  expect(isLiveTenantId(id)).toBe(good);
});

describe('the audit chain', () => {
  const entries = [0, 1, 2].map((i) => anEntry('shop', { subject: `s${i}` }));
  const links = chain(undefined, entries);
  const fault = (i: number, entry = entries[i], before = links[i - 1]): string | undefined =>
    linkFault(links[i] as (typeof links)[number], entry, before);

  test('proves what was told', () => {
    expect([0, 1, 2].map((i) => fault(i))).toEqual([undefined, undefined, undefined]);
    expect(chain(links[1], entries.slice(2))).toEqual(links.slice(2));
  });

  test('goes on proving when its oldest links are dropped', () => {
    expect(linkFault(links[1] as (typeof links)[number], entries[1], undefined)).toBeUndefined();
  });

  test.each(['action', 'subject', 'before', 'after', 'address', 'requestId'] as const)(
    'notices another %s',
    (field) => {
      const entry = { ...(entries[1] as (typeof entries)[number]), [field]: 'other' };
      expect(fault(1, entry)).toBe('entry altered');
    },
  );

  test('notices another time, actor or tenant, a missing entry, a missing link and a chain begun anew', () => {
    const entry = entries[1] as (typeof entries)[number];
    expect(fault(1, { ...entry, at: later(1) })).toBe('entry altered');
    expect(fault(1, { ...entry, actor: { kind: 'operator', id: 'eve' } })).toBe('entry altered');
    expect(fault(1, { ...entry, tenantId: 'other' })).toBe('entry altered');
    expect(linkFault(links[1] as (typeof links)[number], undefined, links[0])).toBe('entry missing');
    expect(fault(2, entries[2], links[0])).toBe('link missing before');
    const [other] = chain(undefined, [anEntry('shop', { subject: 'other' })]);
    expect(fault(1, entry, other)).toBe('not behind the link before');
  });
});

describe('a configuration', () => {
  const full: JsonValue = {
    currencies: ['EUR', 'XAF'],
    rails: ['simulated'],
    limits: { amount_max_minor: { XAF: '999999999999999' }, requests_per_minute: 60, payments_per_day: 1 },
    retention: { audit_days: 3_000 },
  };
  test('comes back as it was given', () => {
    const result = parseConfig(full);
    expect('config' in result && configJson(result.config)).toEqual(full);
  });

  test.each<[JsonValue, string]>([
    [[], ''],
    [{ colour: 'red' }, 'colour'],
    [{ currencies: ['XXX'] }, 'currencies'],
    [{ currencies: 'EUR' }, 'currencies'],
    [{ rails: ['No Rail'] }, 'rails'],
    [{ limits: { amount_max_minor: { EUR: 5 } } }, 'limits.amount_max_minor.EUR'],
    [{ limits: { amount_max_minor: { EUR: '0' } } }, 'limits.amount_max_minor.EUR'],
    [{ limits: { amount_max_minor: { XXX: '5' } } }, 'limits.amount_max_minor.XXX'],
    [{ limits: { requests_per_minute: 0 } }, 'limits.requests_per_minute'],
    [{ limits: { payments_per_day: 1.5 } }, 'limits.payments_per_day'],
    [{ limits: null }, 'limits'],
    [{ retention: { audit_days: 2_554 } }, 'retention.audit_days'],
    [{ retention: { toString: 1 } }, 'retention.toString'],
  ])('%j has its fault at "%s"', (json, path) => {
    const result = parseConfig(json);
    expect('faults' in result && result.faults.map((fault) => fault.path)).toEqual([path]);
  });

  test('tells all mistakes together', () => {
    const result = parseConfig({ rails: 1, currencies: 2, colour: 3 });
    expect('faults' in result && result.faults).toHaveLength(3);
  });
});
