import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId, type Currency } from '@ferry/kernel';
import { defaultConfig } from '../src/domain/tenant-config.js';
import { withoutSeal, type TenantSecret } from '../src/domain/tenant-secret.js';
import type { Tenant } from '../src/domain/tenant.js';
import { AT, anEntry, newTenant, toldOf } from './builders.js';
import type { MakeTenancyStore, TenancyStore } from './tenancy-store.js';

const later = (ms: number): Date => new Date(AT.getTime() + ms);

/** What every TenantConfigs promises. */
export function tenantConfigsContract(name: string, make: MakeTenancyStore): void {
  describe(`${name} is a TenantConfigs`, () => {
    let store: TenancyStore;
    let tenant: Tenant;
    beforeEach(async () => {
      store = await make();
      tenant = await newTenant(store);
    });
    const config = {
      currencies: ['XAF' as Currency],
      rails: ['simulated'],
      limits: { amountMaxMinor: { XAF: 900_000_000_000_000n }, requestsPerMinute: 60, paymentsPerDay: undefined },
      retention: { auditDays: 3_000 },
    };
    const save = (version: number) =>
      store.configs.save(tenant.id, { config, version }, AT, [anEntry(tenant.id, { action: 'config.changed' })]);
    const secret = (ms: number, keyId = 'k1', tenantId = tenant.id): TenantSecret => ({
      tenantId,
      id: newId(later(ms)),
      name: 'webhook/orders',
      sealed: { keyId, box: `box-${ms}` },
      createdAt: later(ms),
    });

    test('a tenant that decided nothing has the defaults', async () => {
      expect(await store.configs.load(tenant.id)).toEqual({ config: defaultConfig, version: 0 });
    });

    test('a version is saved once, in order, with what is told of it', async () => {
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => save(1)));
      expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
      expect(await save(3)).toBe('conflict');
      expect(await save(2)).toBe('saved');
      expect(await store.configs.load(tenant.id)).toEqual({ config, version: 2 });
      expect(await toldOf(store, tenant.id)).toHaveLength(2);
    });

    test('secrets of a name are all valid until the older ones end, newest first', async () => {
      const [one, two] = [secret(0), secret(10)];
      await store.configs.addSecret(one, later(1_000), [anEntry(tenant.id)]);
      await store.configs.addSecret(two, later(1_000), []);
      expect(await store.configs.secrets(tenant.id, one.name, later(999))).toEqual([
        two,
        { ...one, expiresAt: later(1_000) },
      ]);
      expect(await store.configs.secrets(tenant.id, one.name, later(1_000))).toEqual([two]);
      expect(await store.configs.secrets(tenant.id, 'webhook/other', AT)).toEqual([]);
      expect(await store.configs.secrets((await newTenant(store)).id, one.name, AT)).toEqual([]);
    });

    test('valid secrets are listed without what they are, page by page', async () => {
      const [one, two] = [secret(0), { ...secret(10), name: 'webhook/refunds' }];
      for (const each of [one, two]) await store.configs.addSecret(each, later(1_000), []);
      await store.configs.addSecret(secret(20, 'k1', (await newTenant(store)).id), later(1_000), []);
      const shown = [one, two].map(withoutSeal);
      expect(await store.configs.listSecrets(tenant.id, AT, 10)).toEqual(shown);
      expect(await store.configs.listSecrets(tenant.id, AT, 1)).toEqual(shown.slice(0, 1));
      expect(await store.configs.listSecrets(tenant.id, AT, 10, one.id)).toEqual(shown.slice(1));
    });

    test('a secret is ended once, told of, and what it was is forgotten', async () => {
      const one = secret(0);
      await store.configs.addSecret(one, AT, []);
      const asked: unknown[] = [];
      const end = (id = one.id, of = tenant.id) =>
        store.configs.endSecret(of, id, later(5), (listed) => {
          asked.push(listed.name);
          return [anEntry(of, { action: 'secret.removed' })];
        });
      expect(await end(newId())).toBe('missing');
      expect(await end(one.id, (await newTenant(store)).id)).toBe('missing');
      expect(await end()).toBe('ended');
      expect(await end()).toBe('missing');
      expect(asked).toEqual([one.name]);
      expect(await store.configs.secrets(tenant.id, one.name, AT)).toMatchObject([{ sealed: { box: '' } }]);
      expect(await store.configs.secrets(tenant.id, one.name, later(5))).toEqual([]);
      expect(await store.configs.listSecrets(tenant.id, later(5), 10)).toEqual([]);
      expect(await store.configs.sealedOtherwise(tenant.id, 'k2', 10)).toEqual([]);
      expect(await toldOf(store, tenant.id)).toHaveLength(1);
    });

    test('secrets are resealed once, and only from the seal that was read', async () => {
      const [old, fresh] = [secret(0), secret(10, 'k2')];
      for (const one of [old, fresh]) await store.configs.addSecret(one, later(1_000), []);
      const waiting = await store.configs.sealedOtherwise(tenant.id, 'k2', 10);
      expect(waiting.map(({ id }) => id)).toEqual([old.id]);
      const to = { keyId: 'k2', box: 'resealed' };
      const reseal = (from = old.sealed) =>
        store.configs.reseal(tenant.id, [{ id: old.id, from, to }], [anEntry(tenant.id)]);
      expect(await reseal({ keyId: 'k1', box: 'another' })).toBe(0);
      expect(await reseal()).toBe(1);
      expect(await reseal()).toBe(0);
      expect(await store.configs.sealedOtherwise(tenant.id, 'k2', 10)).toEqual([]);
      const [, kept] = await store.configs.secrets(tenant.id, old.name, AT);
      expect(kept?.sealed).toEqual(to);
      expect(await toldOf(store, tenant.id)).toHaveLength(1);
    });
  });
}
