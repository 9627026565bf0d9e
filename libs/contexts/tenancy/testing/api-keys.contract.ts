import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { revokeKey, rotateKey, type ApiKey } from '../src/domain/api-key.js';
import { newKeyText } from '../src/domain/key-text.js';
import type { Tenant } from '../src/domain/tenant.js';
import { AT, anEntry, aKey, newTenant, toldOf } from './builders.js';
import type { MakeTenancyStore, TenancyStore } from './tenancy-store.js';

const later = (ms: number): Date => new Date(AT.getTime() + ms);

/** What every ApiKeyRepository, KeyDirectory and KeyUseLog promises. */
export function apiKeysContract(name: string, make: MakeTenancyStore): void {
  describe(`${name} keeps API keys`, () => {
    let store: TenancyStore;
    let tenant: Tenant;
    let other: Tenant;
    beforeEach(async () => {
      store = await make();
      tenant = await newTenant(store);
      other = await newTenant(store);
    });
    const added = async (key: ApiKey): Promise<ApiKey> => {
      expect(await store.keys.add(key.tenantId, [key], [])).toBe('added');
      return key;
    };

    test('a key comes back as it went, with all it may have or nothing of it', async () => {
      const grant = {
        businessUnitId: 'default',
        expiresAt: later(60_000),
        allowedRanges: ['10.0.0.0/8', '2001:db8::/32'],
        requestsPerMinute: 600,
      };
      const full = await added(aKey(tenant, grant));
      const bare = await added(aKey(tenant));
      expect(await store.keys.find(tenant.id, [bare.id, newId(), full.id])).toEqual([bare, undefined, full]);
      expect(await store.keys.findByPrefix(tenant.id, [full.prefix, 'fk_live_0'])).toEqual([full, undefined]);
      expect(await store.keys.list(tenant.id, 1)).toEqual([bare]);
      expect(await store.keys.list(tenant.id, 5, bare.id)).toEqual([full]);
    });

    test('the keys of a unit are listed without the others', async () => {
      const [first, , , last] = [
        await added(aKey(tenant, { businessUnitId: 'north' })),
        await added(aKey(tenant, { businessUnitId: 'south' })),
        await added(aKey(tenant)),
        await added(aKey(tenant, { businessUnitId: 'north' })),
      ];
      expect(await store.keys.list(tenant.id, 10, undefined, 'north')).toEqual([last, first]);
      expect(await store.keys.list(tenant.id, 1, undefined, 'north')).toEqual([last]);
      expect(await store.keys.list(tenant.id, 10, last.id, 'north')).toEqual([first]);
      expect(await store.keys.list(tenant.id, 10, undefined, 'west')).toEqual([]);
      expect(await store.keys.list(tenant.id, 10)).toHaveLength(4);
    });

    test('a key is its tenant’s alone', async () => {
      const key = await added(aKey(tenant));
      expect(await store.keys.find(other.id, [key.id])).toEqual([undefined]);
      expect(await store.keys.findByPrefix(other.id, [key.prefix])).toEqual([undefined]);
      expect(await store.keys.list(other.id, 10)).toEqual([]);
      expect(await store.keys.change(other.id, key.id, (one) => ({ key: revokeKey(one, AT), audit: [] }))).toEqual({
        outcome: 'missing',
      });
    });

    test('a prefix is unique over all tenants, and one that is taken stores nothing', async () => {
      const text = newKeyText('live');
      await added(aKey(tenant, {}, text));
      const second = aKey(other, {}, text);
      expect(await store.keys.add(other.id, [second], [anEntry(other.id)])).toBe('prefix-taken');
      expect(await store.keys.list(other.id, 10)).toEqual([]);
      expect(await toldOf(store, other.id)).toEqual([]);
    });

    test('the directory finds keys of many tenants at once, in the order asked, each with its tenant', async () => {
      const [mine, theirs] = [await added(aKey(tenant)), await added(aKey(other))];
      const asked = [theirs.prefix, 'fk_live_000000000000', mine.prefix, theirs.prefix];
      expect(await store.keyDirectory.lookUp(asked)).toEqual([
        { key: theirs, tenant: other },
        undefined,
        { key: mine, tenant },
        { key: theirs, tenant: other },
      ]);
      expect(await store.keyDirectory.lookUp([])).toEqual([]);
    });

    test('a rotation stores both keys, and what it tells, together', async () => {
      const key = await added(aKey(tenant));
      const id = newId(AT);
      const result = await store.keys.change(tenant.id, key.id, (one) => {
        const { old, fresh } = rotateKey(tenant, one, id, newKeyText('live'), AT, later(1_000));
        return { key: old, added: fresh, audit: [anEntry(tenant.id, { action: 'key.rotated' })] };
      });
      expect(result).toEqual({ outcome: 'changed', key: { ...key, expiresAt: later(1_000), replacedBy: id } });
      const [old, fresh] = await store.keys.find(tenant.id, [key.id, id]);
      expect(old).toEqual({ ...key, expiresAt: later(1_000), replacedBy: id });
      expect(await store.keyDirectory.lookUp([(fresh as ApiKey).prefix])).toEqual([{ key: fresh, tenant }]);
      expect(await toldOf(store, tenant.id)).toHaveLength(1);
    });

    test('twenty who revoke one key: one does, and the directory tells of it', async () => {
      const key = await added(aKey(tenant));
      const revoke = (one: ApiKey) =>
        one.revokedAt ? undefined : { key: revokeKey(one, AT), audit: [anEntry(tenant.id)] };
      const results = await Promise.all(Array.from({ length: 20 }, () => store.keys.change(tenant.id, key.id, revoke)));
      expect(results.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1);
      expect(await store.keyDirectory.lookUp([key.prefix])).toEqual([{ key: { ...key, revokedAt: AT }, tenant }]);
      expect(await toldOf(store, tenant.id)).toHaveLength(1);
    });

    test('the last use moves forward only, and requests add up by day', async () => {
      const [one, two] = [await added(aKey(tenant)), await added(aKey(tenant))];
      const use = (key: ApiKey, ms: number, requests: number) => ({
        tenantId: tenant.id,
        keyId: key.id,
        lastUsedAt: later(ms),
        requests,
      });
      await store.keyUses.record([use(one, 5_000, 3), use(two, 0, 1), use(one, 60_000, 2)]);
      await store.keyUses.record([use(one, 1_000, 4)]);
      const found = await store.keys.find(tenant.id, [one.id, two.id]);
      expect(found.map((key) => key?.lastUsedAt)).toEqual([later(60_000), AT]);
      const usage = await store.usage.read(tenant.id, '2026-02-01', '2026-03-31');
      expect(usage.map(({ day, requests }) => [day, requests])).toEqual([
        ['2026-02-28', 8],
        ['2026-03-01', 2],
      ]);
    });
  });
}
