import { beforeEach, describe, expect, test } from '@jest/globals';
import { makeTenants, withStatus, type Tenant } from '../src/domain/tenant.js';
import { AT, anEntry, aKey, aTenantId, newTenant, toldOf } from './builders.js';
import type { MakeTenancyStore, TenancyStore } from './tenancy-store.js';

/** What every TenantRepository and TenantDirectory promises. */
export function tenantRepositoryContract(name: string, make: MakeTenancyStore): void {
  describe(`${name} is a TenantRepository and a TenantDirectory`, () => {
    let store: TenancyStore;
    let tenant: Tenant;
    beforeEach(async () => {
      store = await make();
      tenant = await newTenant(store);
    });

    test('what was added is found, in the order asked', async () => {
      const found = await store.tenants.find([tenant.twinId as string, 'nobody', tenant.id]);
      expect(found).toEqual([expect.objectContaining({ mode: 'test', twinId: tenant.id }), undefined, tenant]);
      expect(await store.tenants.units(tenant.id)).toEqual([
        { tenantId: tenant.id, id: 'default', name: 'Default', createdAt: AT },
      ]);
    });

    test('a tenant comes with its keys and its audit entries, or not at all', async () => {
      const { live } = makeTenants(aTenantId(), 'Other', AT);
      const key = aKey(live);
      const addition = { tenant: live, units: [], keys: [key], audit: [anEntry(live.id)] };
      expect(await store.tenants.add([addition])).toEqual(['added']);
      expect(await store.keys.find(live.id, [key.id])).toEqual([key]);
      expect(await toldOf(store, live.id)).toEqual(addition.audit);
      const again = {
        ...addition,
        tenant: { ...live, name: 'Changed' },
        keys: [aKey(live)],
        audit: [anEntry(live.id)],
      };
      expect(await store.tenants.add([again])).toEqual(['exists']);
      expect(await store.tenants.find([live.id])).toEqual([live]);
      expect(await store.keys.list(live.id, 10)).toEqual([key]);
      expect(await toldOf(store, live.id)).toEqual(addition.audit);
    });

    test('ten who add one tenant: one does', async () => {
      const { live } = makeTenants(aTenantId(), 'Raced', AT);
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () => store.tenants.add([{ tenant: live, units: [], keys: [], audit: [] }])),
      );
      expect(outcomes.flat().filter((outcome) => outcome === 'added')).toHaveLength(1);
    });

    test('a change is stored with what is told of it; a decision for nothing changes nothing', async () => {
      const later = new Date(AT.getTime() + 1_000);
      const suspend = (before: Tenant) => {
        const changed = withStatus(before, 'SUSPENDED', later);
        return changed && { tenant: changed, audit: [anEntry(tenant.id, { action: 'tenant.suspended' })] };
      };
      const suspended = { ...tenant, status: 'SUSPENDED', updatedAt: later };
      const all = await Promise.all(Array.from({ length: 5 }, () => store.tenants.change(tenant.id, suspend)));
      expect(all).toEqual(Array(5).fill(suspended));
      expect(await store.tenants.find([tenant.id])).toEqual([suspended]);
      expect(await toldOf(store, tenant.id)).toHaveLength(1);
      expect(await store.tenants.change('nobody', suspend)).toBeUndefined();
    });

    test('a business unit is added once', async () => {
      const unit = { tenantId: tenant.id, id: 'shop-2', name: 'Second shop', createdAt: AT };
      expect(await store.tenants.addUnit(unit, [anEntry(tenant.id)])).toBe('added');
      expect(await store.tenants.addUnit({ ...unit, name: 'Third' }, [anEntry(tenant.id)])).toBe('exists');
      expect((await store.tenants.units(tenant.id)).map(({ name }) => name)).toEqual(['Default', 'Second shop']);
      expect(await toldOf(store, tenant.id)).toHaveLength(1);
    });

    test('the list has all tenants, page by page', async () => {
      const others = [await newTenant(store), await newTenant(store)];
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await store.directory.list(2, after);
        if (page.length === 0) break;
        seen.push(...page.map(({ id }) => id));
        after = seen.at(-1);
      }
      expect(new Set(seen).size).toBe(seen.length);
      for (const one of [tenant, ...others]) expect(seen).toEqual(expect.arrayContaining([one.id, one.twinId]));
    });
  });
}
