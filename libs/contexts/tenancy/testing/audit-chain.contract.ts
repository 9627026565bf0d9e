import { beforeEach, describe, expect, test } from '@jest/globals';
import { firstIdAt, newId } from '@ferry/kernel';
import { chain, type AuditEntry } from '../src/domain/audit.js';
import type { Tenant } from '../src/domain/tenant.js';
import { verifyAudit } from '../src/use-cases/verify-audit.js';
import { AT, anEntry, newTenant, somebody, toldOf } from './builders.js';
import type { MakeTenancyStore, TenancyStore } from './tenancy-store.js';

const later = (ms: number): Date => new Date(AT.getTime() + ms);

/** What every AuditChain and UnchainedTenants promises. */
export function auditChainContract(name: string, make: MakeTenancyStore): void {
  describe(`${name} is an AuditChain`, () => {
    let store: TenancyStore;
    let tenant: Tenant;
    beforeEach(async () => {
      store = await make();
      tenant = await newTenant(store);
    });
    let units = 0;
    /** Entries come with what they tell of. */
    const told = async (entries: readonly AuditEntry[], of = tenant): Promise<void> => {
      const unit = { tenantId: of.id, id: `u${(units += 1)}`, name: 'Unit', createdAt: AT };
      expect(await store.tenants.addUnit(unit, entries)).toBe('added');
    };
    /** `newId` would not go back in time. */
    const at = (ms: number): AuditEntry => anEntry(tenant.id, { id: firstIdAt(later(ms)), at: later(ms) });

    test('an entry comes back as it was told, to the letter', async () => {
      const entry = anEntry(tenant.id, { before: '{"b":1,"a":[1.50, "\\u001f"]}', after: undefined });
      const short = anEntry(tenant.id, {
        actor: somebody.actor,
        id: newId(later(1)),
        address: undefined,
        requestId: undefined,
      });
      await told([entry, short]);
      expect(await toldOf(store, tenant.id)).toEqual([entry, short]);
      const links = await store.auditChain.readChain(tenant.id, 10, 1);
      expect(links.map((one) => one.entry)).toEqual([short]);
      expect(await store.auditChain.readChain(tenant.id, 1)).toMatchObject([{ entry }]);
      expect(await toldOf(store, (await newTenant(store)).id)).toEqual([]);
    });

    test('entries are chained in order, a bounded number at a time, and proven', async () => {
      await told([at(3), at(1), at(2)]);
      expect(await store.unchained.tenantsUnchained(100)).toContain(tenant.id);
      expect(await store.auditChain.extendChain(tenant.id, 2, chain)).toBe(2);
      expect(await store.auditChain.extendChain(tenant.id, 2, chain)).toBe(1);
      expect(await store.auditChain.extendChain(tenant.id, 2, chain)).toBe(0);
      expect(await store.unchained.tenantsUnchained(100)).not.toContain(tenant.id);
      const links = await store.auditChain.readChain(tenant.id, 10);
      expect(links.map(({ link, entry }) => [link.sequence, entry?.at])).toEqual([
        [1, later(1)],
        [2, later(2)],
        [3, later(3)],
      ]);
      expect(await store.auditChain.readChain(tenant.id, 1, 1)).toEqual([links[1]]);
      expect(await verifyAudit(store.auditChain, tenant.id)).toMatchObject({ checked: 3, faults: [] });
    });

    test('an entry that commits late with a smaller id comes later in the chain, and nothing is left out', async () => {
      await told([at(10)]);
      await store.auditChain.extendChain(tenant.id, 10, chain);
      await told([at(5)]);
      await store.auditChain.extendChain(tenant.id, 10, chain);
      const links = await store.auditChain.readChain(tenant.id, 10);
      expect(links.map(({ entry }) => entry?.at)).toEqual([later(10), later(5)]);
      expect(await verifyAudit(store.auditChain, tenant.id)).toMatchObject({ checked: 2, faults: [] });
    });

    test('whoever finds a place taken chains nothing, and the entries go on waiting', async () => {
      await told([at(10)]);
      await store.auditChain.extendChain(tenant.id, 10, chain);
      await told([at(5), at(20)]);
      // As if the first entry had been chained after this one looked for the last link.
      const tooLate = await store.auditChain.extendChain(tenant.id, 10, (_, entries) => chain(undefined, entries));
      expect(tooLate).toBe(0);
      expect(await store.unchained.tenantsUnchained(1_000)).toContain(tenant.id);
      expect(await store.auditChain.extendChain(tenant.id, 10, chain)).toBe(2);
      expect(await verifyAudit(store.auditChain, tenant.id)).toMatchObject({ checked: 3, faults: [] });
    });

    test('a stretch has every entry of a time, also one that came late, and no more links than it takes', async () => {
      await told([at(0), at(10)]);
      await store.auditChain.extendChain(tenant.id, 10, chain);
      await told([at(20), at(5)]);
      await store.auditChain.extendChain(tenant.id, 10, chain);
      await told([at(40)]);
      await store.auditChain.extendChain(tenant.id, 10, chain);
      // In the order of the chain: 0, 10, 5, 20, 40.
      const stretch = (since?: number, until?: number) =>
        store.auditChain.stretch(
          tenant.id,
          since === undefined ? undefined : later(since),
          until === undefined ? undefined : later(until),
        );
      expect(await stretch()).toEqual({ first: 1, last: 5 });
      expect(await stretch(5, 20)).toEqual({ first: 2, last: 3 });
      expect(await stretch(20)).toEqual({ first: 4, last: 5 });
      expect(await stretch(undefined, 5)).toEqual({ first: 1, last: 1 });
      expect(await stretch(21, 40)).toBeUndefined();
      expect(await store.auditChain.stretch((await newTenant(store)).id, undefined, undefined)).toBeUndefined();
    });

    test('many who chain at once make one chain', async () => {
      for (let i = 0; i < 10; i += 1) await told([at(i), at(100 - i)]);
      const round = async (): Promise<void> => {
        for (let i = 0; i < 30; i += 1) await store.auditChain.extendChain(tenant.id, 3, chain).catch(() => {});
      };
      await Promise.all([round(), round(), round(), round()]);
      expect(await verifyAudit(store.auditChain, tenant.id)).toMatchObject({ checked: 20, faults: [] });
      expect(await store.auditChain.countUnchainable(tenant.id)).toBe(0);
    });
  });
}
