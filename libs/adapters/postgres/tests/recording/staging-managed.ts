import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId, systemClock } from '@ferry/kernel';
import { ManageStaging } from '@ferry/recording';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';
import { stagingWorld, type StagingWorld } from './staging-world.js';

const ada = { actor: { kind: 'operator', id: 'ada' } } as const;

/** What the audit log of a tenant has of staging, on whatever database is there when the tests run. */
export function stagingManaged(database: () => TestDatabase): void {
  describe('what operators change about staging', () => {
    let world: StagingWorld;
    let manage: ManageStaging;
    beforeEach(async () => {
      world = await stagingWorld(database());
      manage = new ManageStaging(world.sources, world.errors, systemClock, newId);
      await world.rows('delete from recording.staging_sources where tenant_id = $tenant');
    });
    const told = async (of = world) => {
      const rows = await of.rows<{ action: string; after_value: string | null }>(
        `select action, after_value from tenancy.tenant_audit_log where tenant_id = $tenant and actor_kind = 'operator'
           and actor_id = 'ada' and subject = '${world.source.table}' order by id`,
      );
      return rows.map((row) => [row.action, JSON.parse(row.after_value ?? 'null')]);
    };

    test('a source is told of when it is added, and only then', async () => {
      expect(await manage.add({ ...world.source, businessUnitId: 'moon' }, ada)).toBe('no-unit');
      expect(await told()).toEqual([]);
      expect(await manage.add(world.source, ada)).toBe('added');
      expect(await manage.add(world.source, ada)).toBe('taken');
      const { businessUnitId: business_unit_id, currency, timeZone: time_zone } = world.source;
      expect(await told()).toEqual([['staging.source-added', { business_unit_id, currency, time_zone }]]);
    });

    test('a source is told of each time that it begins or ends to be drained', async () => {
      await manage.add(world.source, ada);
      for (const enabled of [true, false, false, true])
        expect(await manage.enable(world.source, enabled, ada)).toBe(true);
      expect((await told()).map(([action]) => action)).toEqual([
        'staging.source-added',
        'staging.source-disabled',
        'staging.source-enabled',
      ]);
      const other = await stagingWorld(database());
      expect(await manage.enable({ ...world.source, tenantId: other.source.tenantId }, false, ada)).toBe(false);
      expect(await told(other)).toEqual([]);
    });

    test('a source is told of once by many who say the same', async () => {
      await manage.add(world.source, ada);
      await Promise.all(Array.from({ length: 6 }, () => manage.enable(world.source, false, ada)));
      expect(await told()).toHaveLength(2);
    });

    test('rows that are read again are told of, by their number or by their ids', async () => {
      await manage.add(world.source, ada);
      const [one] = await world.insert([{ amount: '0' }, { amount: '-1' }]);
      await world.drainAll(world.drain({}, { retriesMax: 0 }));
      const [id, { tenantId, table }] = [BigInt(one ?? 0), world.source];
      expect(await manage.retry({ tenantId, table }, ada)).toBe(2);
      expect(await manage.retry({ tenantId, table }, ada)).toBe(0);
      expect(await manage.retry({ tenantId, table, ids: [id, 999_999_999n] }, ada)).toBe(1);
      expect((await told()).slice(1)).toEqual([
        ['staging.retried', { rows: 2 }],
        ['staging.retried', { rows: 1, row_ids: [`${id}`, '999999999'] }],
      ]);
    });

    test('nothing is changed that cannot be told', async () => {
      await manage.add(world.source, ada);
      const unheard = { actor: { kind: 'operator', id: 'x'.repeat(1_000) } } as const;
      await expect(manage.enable(world.source, false, unheard)).rejects.toThrow(/too long/);
      expect(await world.sources.list()).toContainEqual({ ...world.source, enabled: true });
    });
  });
}
