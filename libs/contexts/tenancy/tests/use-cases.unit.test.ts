import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId, type Currency } from '@ferry/kernel';
import {
  AddBusinessUnit,
  ChainAudit,
  ChangeTenantStatus,
  ConfigureTenant,
  CountUsage,
  exportAudit,
  hashOfSecret,
  KeepSecrets,
  ManageKeys,
  ManageUsers,
  OnboardTenant,
  operatorGrantor,
  parseKeyText,
  tenantScopes,
  verifyAudit,
  type Grantor,
  type KeyRequest,
  type MadeKey,
  type Scope,
  type Tenant,
} from '@ferry/tenancy';
import { AT, newTenant, somebody, toldOf } from '../testing/builders.js';
import { InMemorySecretBox } from '../testing/in-memory/in-memory-secret-box.js';
import { InMemoryTenancy } from '../testing/tenancy-store.js';

const having = (...scopes: readonly Scope[]): Grantor => ({ scopes: new Set(scopes), businessUnitId: undefined });
const HOUR = 3_600_000;

describe('tenancy', () => {
  let store: InMemoryTenancy;
  let tenant: Tenant;
  let now: Date;
  const telling = { clock: { now: () => now }, newId };
  beforeEach(async () => {
    store = new InMemoryTenancy();
    tenant = await newTenant(store);
    now = AT;
  });
  const actions = async (id = tenant.id): Promise<string[]> => (await toldOf(store, id)).map(({ action }) => action);

  describe('onboarding', () => {
    const onboard = (id = 'shop', name = 'Shop') =>
      new OnboardTenant(store.tenants, telling).execute(id, name, somebody);

    test('makes a tenant, its twin, a unit in each and one key whose secret is only in the answer', async () => {
      const result = await onboard();
      if (result.outcome !== 'onboarded') throw new Error(result.outcome);
      expect(await store.tenants.find(['shop', 'shop-test'])).toEqual([result.tenant, result.twin]);
      expect((await store.tenants.units('shop-test')).map(({ id }) => id)).toEqual(['default']);
      const [key] = await store.keys.list('shop', 10);
      expect(key).toEqual(result.key);
      const text = parseKeyText(result.secretKey);
      expect(key?.secretHash).toBe(hashOfSecret(text?.secret ?? ''));
      expect(key?.scopes).toEqual(tenantScopes);
      const everything = JSON.stringify(
        [...store.state.tenants.values()].map((rows) => [...rows.keys.values(), rows.audit]),
      );
      expect(everything).not.toContain(text?.secret);
      expect(JSON.stringify(await toldOf(store, 'shop'))).not.toContain(key?.secretHash);
      expect(await actions('shop')).toEqual(['tenant.created', 'key.created']);
    });

    test('is refused for an id that exists, and changes nothing; a twin left by a crash is taken', async () => {
      await onboard();
      expect(await onboard('shop', 'Another')).toEqual({ outcome: 'exists' });
      expect((await store.tenants.find(['shop']))[0]?.name).toBe('Shop');
      expect(await store.keys.list('shop', 10)).toHaveLength(1);
      store.state.tenants.delete('shop');
      store.state.prefixes.clear();
      expect(await onboard()).toMatchObject({ outcome: 'onboarded' });
    });

    test.each([
      ['shop-test', 'Shop', 'bad-id'],
      ['a b', 'Shop', 'bad-id'],
      ['shop', ' ', 'bad-name'],
    ])('"%s", "%s": %s', async (id, name, outcome) => {
      expect(await onboard(id, name)).toEqual({ outcome });
    });
  });

  test('a suspension takes the twin with it, is told once, and is taken back', async () => {
    const status = new ChangeTenantStatus(store.tenants, telling);
    for (let i = 0; i < 2; i += 1)
      expect(await status.execute(tenant.id, 'SUSPENDED', somebody)).toMatchObject({ status: 'SUSPENDED' });
    expect((await store.tenants.find([tenant.twinId as string]))[0]?.status).toBe('SUSPENDED');
    await status.execute(tenant.id, 'ACTIVE', somebody);
    expect(await actions()).toEqual(['tenant.suspended', 'tenant.resumed']);
    expect(await status.execute('nobody', 'ACTIVE', somebody)).toBeUndefined();
  });

  describe('keys', () => {
    let keys: ManageKeys;
    beforeEach(() => {
      keys = new ManageKeys(store.tenants, store.keys, telling);
    });
    const request = (changed: Partial<KeyRequest> = {}): KeyRequest => ({
      mode: 'live',
      name: 'till',
      scopes: ['payments:read'],
      allowedRanges: [],
      ...changed,
    });
    const create = (changed: Partial<KeyRequest> = {}, of = tenant.id, grantor = operatorGrantor) =>
      keys.create(of, request(changed), grantor, somebody);

    test('a live key is the tenant’s, a test key its twin’s', async () => {
      expect(await create()).toMatchObject({ outcome: 'made', key: { tenantId: tenant.id } });
      const test = await create({ mode: 'test' });
      expect(test).toMatchObject({ outcome: 'made', key: { tenantId: tenant.twinId } });
      expect((test as MadeKey).secretKey).toMatch(/^fk_test_/);
      expect(await create({ mode: 'test' }, tenant.twinId)).toMatchObject({ key: { tenantId: tenant.twinId } });
      expect(await actions()).toEqual(['key.created']);
    });

    test.each<[string, Partial<KeyRequest>]>([
      ['bad-name', { name: '' }],
      ['no-scopes', { scopes: [] }],
      ['expired', { expiresAt: AT }],
      ['bad-range', { allowedRanges: ['everywhere'] }],
      ['bad-rate', { requestsPerMinute: 0 }],
      ['no-unit', { businessUnitId: 'nowhere' }],
    ])('%s is refused', async (outcome, changed) => {
      expect(await create(changed)).toEqual({ outcome });
      expect(await store.keys.list(tenant.id, 10)).toEqual([]);
    });

    test('nobody grants what they do not have, and a test tenant makes no live keys', async () => {
      expect(await create({ scopes: ['payments:write'] }, tenant.id, having('payments:read'))).toEqual({
        outcome: 'scope-not-held',
      });
      expect(await create({ scopes: ['tenants:admin'] }, tenant.id, having(...tenantScopes))).toEqual({
        outcome: 'scope-not-held',
      });
      expect(await create({}, tenant.twinId)).toEqual({ outcome: 'live-key-from-test' });
      expect(await create({}, 'nobody')).toEqual({ outcome: 'no-tenant' });
    });

    test('who rotates a key gets its secret, so they must have what it may do; who is of one unit stays in it', async () => {
      const { key } = (await create({ scopes: ['payments:write'] })) as MadeKey;
      const rotate = (grantor: Grantor) => keys.rotate(tenant.id, key.id, HOUR, grantor, somebody);
      expect(await rotate(having('keys:admin'))).toEqual({ outcome: 'scope-not-held' });
      const ofUnit = { ...having('payments:read', 'payments:write'), businessUnitId: 'default' };
      expect(await rotate(ofUnit)).toEqual({ outcome: 'missing' });
      expect(await create({}, tenant.id, ofUnit)).toEqual({ outcome: 'unit-not-held' });
      expect(await create({ businessUnitId: 'default' }, tenant.id, ofUnit)).toMatchObject({ outcome: 'made' });
      expect(await rotate(having('payments:write'))).toMatchObject({ outcome: 'made' });
    });

    test('a rotation leaves two valid keys, then one', async () => {
      const { key } = (await create({ expiresAt: new Date(AT.getTime() + 48 * HOUR) })) as MadeKey;
      const rotated = (await keys.rotate(tenant.id, key.id, HOUR, operatorGrantor, somebody)) as MadeKey;
      expect(rotated.key).toMatchObject({ name: 'till', scopes: key.scopes, expiresAt: key.expiresAt });
      const [old] = await store.keys.find(tenant.id, [key.id]);
      expect(old).toMatchObject({ expiresAt: new Date(AT.getTime() + HOUR), replacedBy: rotated.key.id });
      expect(await keys.rotate(tenant.id, key.id, HOUR, operatorGrantor, somebody)).toEqual({
        outcome: 'rotated-before',
      });
      expect(await keys.rotate(tenant.id, newId(), HOUR, operatorGrantor, somebody)).toEqual({ outcome: 'missing' });
      expect(await actions()).toEqual(['key.created', 'key.rotated']);
    });

    test('an overlap never makes a key live longer', async () => {
      const expiresAt = new Date(AT.getTime() + 1_000);
      const { key } = (await create({ expiresAt })) as MadeKey;
      await keys.rotate(tenant.id, key.id, HOUR, operatorGrantor, somebody);
      expect((await store.keys.find(tenant.id, [key.id]))[0]?.expiresAt).toEqual(expiresAt);
    });

    test('a revocation is told once; what was revoked is not rotated', async () => {
      const { key } = (await create()) as MadeKey;
      for (let i = 0; i < 2; i += 1)
        expect(await keys.revoke(tenant.id, key.id, operatorGrantor, somebody)).toMatchObject({
          key: { revokedAt: AT },
        });
      expect(await keys.revoke(tenant.twinId as string, key.id, operatorGrantor, somebody)).toEqual({
        outcome: 'missing',
      });
      expect(await keys.rotate(tenant.id, key.id, HOUR, operatorGrantor, somebody)).toEqual({ outcome: 'not-valid' });
      expect(await actions()).toEqual(['key.created', 'key.revoked']);
    });
  });

  describe('somebody of a business unit', () => {
    const north: Grantor = { scopes: new Set(tenantScopes), businessUnitId: 'north' };
    const [missing, unitNotHeld] = [{ outcome: 'missing' }, { outcome: 'unit-not-held' }];
    beforeEach(async () => {
      for (const unit of ['north', 'south'])
        await new AddBusinessUnit(store.tenants, telling).execute(tenant.id, unit, unit, somebody);
    });

    test('makes, rotates and revokes keys of that unit only; others are not there', async () => {
      const keys = new ManageKeys(store.tenants, store.keys, telling);
      const create = (businessUnitId: string | undefined, grantor = operatorGrantor) =>
        keys.create(
          tenant.id,
          { mode: 'live', name: 'till', scopes: ['payments:read'], allowedRanges: [], businessUnitId },
          grantor,
          somebody,
        );
      for (const unit of ['south', 'nowhere', undefined]) expect(await create(unit, north)).toEqual(unitNotHeld);
      for (const unit of ['south', undefined]) {
        const { key } = (await create(unit)) as MadeKey;
        expect(await keys.rotate(tenant.id, key.id, HOUR, north, somebody)).toEqual(missing);
        expect(await keys.revoke(tenant.id, key.id, north, somebody)).toEqual(missing);
        expect(await store.keys.find(tenant.id, [key.id])).toEqual([key]);
      }
      const { key } = (await create('north', north)) as MadeKey;
      expect(await keys.rotate(tenant.id, key.id, HOUR, north, somebody)).toMatchObject({
        key: { businessUnitId: 'north' },
      });
      expect(await keys.revoke(tenant.id, key.id, north, somebody)).toMatchObject({ outcome: 'revoked' });
    });

    test('lets in, changes and lets out people of that unit only; others are not there', async () => {
      const users = new ManageUsers(store.users, store.tenants, telling);
      const letIn = (subject: string, businessUnitId: string | undefined, grantor = operatorGrantor) =>
        users.letIn(tenant.id, { subject, role: 'viewer', businessUnitId }, grantor, somebody);
      const change = (subject: string, businessUnitId = 'north') =>
        users.change(tenant.id, { subject, role: 'operator', businessUnitId }, north, somebody);
      for (const unit of ['south', 'nowhere', undefined]) expect(await letIn('eve', unit, north)).toEqual(unitNotHeld);
      for (const unit of ['south', undefined]) {
        const subject = `of ${unit}`;
        await letIn(subject, unit);
        expect(await change(subject)).toEqual(missing);
        expect(await users.remove(tenant.id, subject, north, somebody)).toEqual(missing);
        expect((await store.users.find(tenant.id, subject))?.user).toMatchObject({
          role: 'viewer',
          businessUnitId: unit,
        });
      }
      await users.remove(tenant.id, 'of south', operatorGrantor, somebody);
      expect(await letIn('of south', 'north', north)).toEqual({ outcome: 'is-in' });
      expect(await letIn('ada', 'north', north)).toMatchObject({ outcome: 'let-in' });
      expect(await change('ada', 'south')).toEqual(unitNotHeld);
      expect(await change('ada')).toMatchObject({ outcome: 'changed' });
      expect(await users.remove(tenant.id, 'ada', north, somebody)).toMatchObject({ outcome: 'let-out' });
    });
  });

  test('a configuration is replaced from the version that was seen', async () => {
    const configure = new ConfigureTenant(store.configs, telling);
    expect(await configure.execute(tenant.id, { rails: ['simulated'] }, 0, somebody)).toMatchObject({
      outcome: 'saved',
      stored: { version: 1 },
    });
    expect(await configure.execute(tenant.id, {}, 0, somebody)).toEqual({ outcome: 'conflict', version: 1 });
    expect(await configure.execute(tenant.id, { rails: 1 }, 1, somebody)).toMatchObject({ outcome: 'bad-config' });
    const [entry] = await toldOf(store, tenant.id);
    expect([JSON.parse(entry?.before ?? ''), JSON.parse(entry?.after ?? '')]).toMatchObject([
      { rails: [] },
      { rails: ['simulated'] },
    ]);
  });

  test('secrets are opened under every valid seal, resealed, and told without their text', async () => {
    const old = new KeepSecrets(store.configs, new InMemorySecretBox('k1'), telling);
    await old.add(tenant.id, 'webhook/orders', 'first', HOUR, somebody);
    await old.add(tenant.id, 'webhook/orders', 'second', HOUR, somebody);
    expect(await old.open(tenant.id, 'webhook/orders')).toEqual(['second', 'first']);
    const fresh = new KeepSecrets(store.configs, new InMemorySecretBox('k2'), telling);
    expect(await fresh.reseal(tenant.id, somebody)).toBe(2);
    expect(await fresh.reseal(tenant.id, somebody)).toBe(0);
    now = new Date(AT.getTime() + HOUR);
    expect(await fresh.open(tenant.id, 'webhook/orders')).toEqual(['second']);
    expect(await old.add(tenant.id, 'Bad Name', 'x', 0, somebody)).toEqual({ outcome: 'bad-name' });
    expect(await old.add(tenant.id, 'name', '', 0, somebody)).toEqual({ outcome: 'bad-secret' });
    const told = JSON.stringify(await toldOf(store, tenant.id));
    expect(told).not.toMatch(/first|second/);
    expect(await actions()).toEqual(['secret.added', 'secret.added', 'secret.resealed']);
  });

  test('people are let in with a role that the one who lets them in has, changed, and out again', async () => {
    const users = new ManageUsers(store.users, store.tenants, telling);
    const viewer = having('payments:read', 'recorded-payments:read', 'config:read', 'usage:read');
    const admin = having(...tenantScopes);
    const ada = { subject: 'ada', role: 'viewer' } as const;
    const letIn = (grant: object = {}, by = viewer) => users.letIn(tenant.id, { ...ada, ...grant }, by, somebody);
    const change = (grant: object = {}, by = viewer) => users.change(tenant.id, { ...ada, ...grant }, by, somebody);
    for (const attempt of [letIn, change]) {
      expect(await attempt({ role: 'admin' })).toEqual({ outcome: 'scope-not-held' });
      expect(await attempt({ businessUnitId: 'nowhere' })).toEqual({ outcome: 'no-unit' });
      for (const subject of ['', 'a\u0000', '\ud800', 'x'.repeat(256)])
        expect(await attempt({ subject })).toEqual({ outcome: 'bad-subject' });
    }
    expect(await change()).toEqual({ outcome: 'missing' });
    expect(await letIn({ businessUnitId: 'default' })).toMatchObject({ outcome: 'let-in' });
    expect(await letIn({ role: 'admin' }, admin)).toEqual({ outcome: 'is-in' });
    expect(await change({ role: 'admin' }, admin)).toMatchObject({ outcome: 'changed', user: { role: 'admin' } });
    expect(await users.principalOf(tenant.id, 'ada')).toMatchObject({ kind: 'person', id: 'ada', tenantId: tenant.id });
    const remove = (subject: string) => users.remove(tenant.id, subject, operatorGrantor, somebody);
    for (let twice = 0; twice < 2; twice += 1)
      expect(await remove('ada')).toMatchObject({ outcome: 'let-out', user: { removedAt: AT } });
    expect(await users.principalOf(tenant.id, 'ada')).toBeUndefined();
    expect(await change()).toEqual({ outcome: 'missing' });
    for (const subject of ['bob', '', 'a\u0000']) expect(await remove(subject)).toEqual({ outcome: 'missing' });
    expect(await letIn()).toMatchObject({ outcome: 'let-in' });
    expect(await actions()).toEqual(['user.added', 'user.changed', 'user.removed', 'user.added']);
  });

  test('the audit log is chained round by round, exported, and proven until somebody touches it', async () => {
    const status = new ChangeTenantStatus(store.tenants, telling);
    for (let i = 0; i < 4; i += 1) await status.execute(tenant.id, i % 2 ? 'ACTIVE' : 'SUSPENDED', somebody);
    expect(await new ChainAudit(store.unchained, store.auditChain).run()).toEqual({ chained: 8, more: false });
    expect(await verifyAudit(store.auditChain, tenant.id)).toMatchObject({ checked: 4, faults: [] });
    const lines: string[] = [];
    for await (const line of exportAudit(store.auditChain, tenant.id)) lines.push(line);
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      tenant_id: tenant.id,
      action: 'tenant.suspended',
      actor: { kind: 'operator', id: 'ada' },
      before: { status: 'ACTIVE' },
      after: { status: 'SUSPENDED' },
      request_id: 'request-1',
    });
    const rows = store.state.tenants.get(tenant.id);
    const [removed] = rows?.audit.splice(1, 1) ?? [];
    expect((await verifyAudit(store.auditChain, tenant.id)).faults).toEqual([`${tenant.id} 2: entry missing`]);
    rows?.audit.push({ ...(removed as NonNullable<typeof removed>), id: newId() });
    expect((await verifyAudit(store.auditChain, tenant.id)).faults).toContainEqual(
      `${tenant.id}: 1 entries outside the chain`,
    );
  });

  test('usage is counted for every day that may still change, also when nobody counted for a while', async () => {
    const count = new CountUsage(store.usageCounting, telling.clock);
    const money = { amountMinor: 5n, currency: 'XAF' as Currency };
    for (const day of ['2026-01-25', '2026-02-10', '2026-02-28'])
      await store.pay(tenant.id, { day, money, status: 'SUCCESS' });
    await store.pay(tenant.id, { day: '2026-02-10', money, status: 'PENDING' });
    expect(await count.run()).toEqual({ counted: 3, more: false });
    // Today may change, the 10th has an open payment, the 25th is final.
    expect(await count.run()).toEqual({ counted: 2, more: false });
    now = new Date('2026-06-01T00:00:00Z');
    expect(await count.run()).toEqual({ counted: 1, more: false });
    const days = await store.usage.read(tenant.id, '2026-01-01', '2026-12-31');
    expect(days.map(({ payments, volumeMinor }) => [payments, volumeMinor['XAF' as Currency]])).toEqual([
      [1, 5n],
      [2, 5n],
      [1, 5n],
    ]);
  });

  test('a tenant whose usage cannot be counted, or whose log not chained, keeps no other from its turn', async () => {
    const [bad, good] = [tenant, await newTenant(store)];
    const money = { amountMinor: 5n, currency: 'XAF' as Currency };
    for (const { id } of [bad, good]) {
      await store.pay(id, { day: '2026-02-28', money, status: 'SUCCESS' });
      await new ChangeTenantStatus(store.tenants, telling).execute(id, 'SUSPENDED', somebody);
    }
    const { usageCounting, auditChain } = store;
    const count = usageCounting.count.bind(usageCounting);
    usageCounting.count = (id, ...rest) => (id === bad.id ? Promise.reject(new Error('broken')) : count(id, ...rest));
    const extend = auditChain.extendChain.bind(auditChain);
    auditChain.extendChain = (id, ...rest) =>
      id === bad.id ? Promise.reject(new Error('broken')) : extend(id, ...rest);
    await expect(new CountUsage(usageCounting, telling.clock).run()).rejects.toThrow(/failed, the first: .*broken/);
    expect(await store.usage.read(good.id, '2026-02-28', '2026-02-28')).toMatchObject([{ payments: 1 }]);
    await expect(new ChainAudit(store.unchained, auditChain).run()).rejects.toThrow(
      /1 of \d+ failed, the first: broken/,
    );
    expect(await verifyAudit(auditChain, good.id)).toMatchObject({ checked: 1, faults: [] });
  });
});
