import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TenantUser } from '../src/domain/tenant-user.js';
import type { Tenant } from '../src/domain/tenant.js';
import { AT, anEntry, newTenant, toldOf } from './builders.js';
import type { MakeTenancyStore, TenancyStore } from './tenancy-store.js';

/** What every TenantUsers promises. */
export function tenantUsersContract(name: string, make: MakeTenancyStore): void {
  describe(`${name} is a TenantUsers`, () => {
    let store: TenancyStore;
    let tenant: Tenant;
    beforeEach(async () => {
      store = await make();
      tenant = await newTenant(store);
    });
    const user = (subject: string, changed: Partial<TenantUser> = {}): TenantUser => ({
      tenantId: tenant.id,
      subject,
      role: 'viewer',
      createdAt: AT,
      ...changed,
    });

    test('a person is put, put again with another role, and found with their tenant', async () => {
      await store.users.put(user('ada'), [anEntry(tenant.id)]);
      const changed = user('ada', { role: 'admin', businessUnitId: 'default', removedAt: AT });
      await store.users.put(changed, [anEntry(tenant.id)]);
      expect(await store.users.find(tenant.id, 'ada')).toEqual({ user: changed, tenant });
      expect(await store.users.find(tenant.id, 'bob')).toBeUndefined();
      expect(await toldOf(store, tenant.id)).toHaveLength(2);
    });

    test('a tenant’s people are its own, page by page', async () => {
      const other = await newTenant(store);
      for (const subject of ['cleo', 'ada', 'bob']) await store.users.put(user(subject), []);
      await store.users.put(user('dora', { tenantId: other.id }), []);
      expect(await store.users.list(tenant.id, 2)).toEqual([user('ada'), user('bob')]);
      expect(await store.users.list(tenant.id, 2, 'bob')).toEqual([user('cleo')]);
      expect(await store.users.find(tenant.id, 'dora')).toBeUndefined();
    });

    test('the people of a unit are listed without the others', async () => {
      const units = { ada: 'north', bob: 'south', cleo: undefined, dora: 'north' };
      for (const [subject, businessUnitId] of Object.entries(units))
        await store.users.put(user(subject, { businessUnitId }), []);
      const subjects = async (limit: number, after?: string): Promise<string[]> =>
        (await store.users.list(tenant.id, limit, after, 'north')).map(({ subject }) => subject);
      expect(await subjects(10)).toEqual(['ada', 'dora']);
      expect(await subjects(1)).toEqual(['ada']);
      expect(await subjects(10, 'ada')).toEqual(['dora']);
      expect(await store.users.list(tenant.id, 10, undefined, 'west')).toEqual([]);
      expect(await store.users.list(tenant.id, 10)).toHaveLength(4);
    });
  });
}
