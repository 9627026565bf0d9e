import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayOf, operatorGrantor, verifyAudit, type MadeKey, type Principal } from '@ferry/tenancy';
import { somebody } from '@ferry/tenancy/testing';
import { anAddition, eventually } from '@ferry/payments/testing';
import { startKeyUses, startTenancyJobs, T } from '@ferry/wiring';
import { makeEngine, type TestEngine } from '../../../tests/harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../../../tests/harness/postgres.js';

const encryptionKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

/** What worker and api do for tenants by themselves, on the real database. */
describe.each(postgresServers)('tenancy wired on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let engine: TestEngine;
  const keys = encryptionKey('k1');
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    engine = makeEngine(database, { FERRY_ENCRYPTION_KEYS: keys });
    await engine.container.get(T.OnboardTenant).execute('shop', 'Shop', somebody);
  });
  afterAll(async () => {
    await engine?.close();
    await database?.close();
    await server?.close();
  });

  test('a worker chains what was told and counts what was used', async () => {
    const { container } = engine;
    const addition = anAddition({ tenantId: 'shop' });
    await container.get(T.PaymentRepository).add('shop', [addition]);
    startTenancyJobs(container);
    const day = dayOf(addition.change.payment.state.createdAt);
    // The first rounds begin at once.
    await eventually('it is counted and chained', async () => {
      const [usage] = await container.get(T.UsageRecords).read('shop', day, day);
      return usage !== undefined && (await verifyAudit(container.get(T.AuditChain), 'shop')).checked === 2;
    });
    expect(await verifyAudit(container.get(T.AuditChain), 'shop')).toMatchObject({ checked: 2, faults: [] });
    const [usage] = await container.get(T.UsageRecords).read('shop', day, day);
    expect(usage).toMatchObject({ payments: 1, open: 1 });
  });

  test('an api stores the last uses of keys when it stops', async () => {
    const api = makeEngine(database, {}, { workerSettings: undefined });
    const { container } = api;
    const request = { mode: 'live', name: 'till', scopes: ['payments:read'], allowedRanges: [] } as const;
    const { key, secretKey } = (await container
      .get(T.ManageKeys)
      .create('shop', request, operatorGrantor, somebody)) as MadeKey;
    const answer = await container.get(T.Authenticator).authenticate(secretKey, '192.0.2.1', new Date());
    startKeyUses(container);
    container.get(T.RecordKeyUses).note((answer as { principal: Principal }).principal);
    await api.close();
    const [stored] = await engine.container.get(T.ApiKeyRepository).find('shop', [key.id]);
    expect(stored?.lastUsedAt).toBeInstanceOf(Date);
  });

  test('secrets are sealed with the first key, and resealed with another one', async () => {
    const secrets = engine.container.get(T.KeepSecrets);
    await secrets.add('shop', 'webhook/orders', 'whsec_1', 0, somebody);
    const rows = await database.query<{ config_value: string; encryption_key_id: string }>(
      `select config_value, encryption_key_id from tenancy.tenant_configs where is_encrypted`,
    );
    expect(rows).toEqual([{ config_value: expect.not.stringContaining('whsec'), encryption_key_id: 'k1' }]);
    const rotated = makeEngine(database, { FERRY_ENCRYPTION_KEYS: `${encryptionKey('k2')},${keys}` });
    try {
      expect(await rotated.container.get(T.KeepSecrets).reseal('shop', somebody)).toBe(1);
      expect(await rotated.container.get(T.KeepSecrets).open('shop', 'webhook/orders')).toEqual(['whsec_1']);
      await expect(secrets.open('shop', 'webhook/orders')).rejects.toThrow(/sealed with the key k2/);
    } finally {
      await rotated.close();
    }
  });
});
