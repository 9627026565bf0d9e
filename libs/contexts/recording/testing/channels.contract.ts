import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { parseChannel } from '../src/domain/channel/parse-channel.js';
import type { Told } from '../src/domain/told.js';
import type { StoredChannel } from '../src/ports/channels.js';
import { channelFixtures, flatJson } from './channel-fixtures.js';
import type { ChannelStore, MakeChannelStore } from './channel-store.js';

export const AT = new Date('2026-02-28T23:59:30.000Z');

export const aTold = (tenantId: string, told: Partial<Told> = {}): Told => ({
  tenantId,
  id: newId(AT),
  at: AT,
  actor: { kind: 'operator', id: 'ada' },
  action: 'channel.saved',
  subject: 'orders',
  after: '{}',
  ...told,
});

export function aStored(name: string, version: number, definition = flatJson.definition): StoredChannel {
  const result = parseChannel(name, definition);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return { name, version, channel: result.channel, savedAt: AT };
}

/** What every Channels promises. Run by its fake and by every adapter. */
export function channelsContract(name: string, make: MakeChannelStore): void {
  describe(`${name} is a Channels`, () => {
    let store: ChannelStore;
    let tenantId: string;
    beforeEach(async () => {
      store = await make();
      tenantId = await store.newTenant();
    });
    const save = (stored: StoredChannel, of = tenantId) =>
      store.channels.save(of, stored, aTold(of, { subject: stored.name }));

    test.each(channelFixtures)('keeps a channel as it is: $name', async ({ definition }) => {
      const stored = aStored('orders', 1, definition);
      expect(await save(stored)).toBe('saved');
      expect(await store.channels.find(tenantId, 'orders')).toEqual(stored);
    });

    test('a version is saved once, in order, with what is told of it', async () => {
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => save(aStored('orders', 1))));
      expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
      expect(await save(aStored('orders', 3))).toBe('conflict');
      expect(await save(aStored('orders', 2))).toBe('saved');
      expect((await store.channels.find(tenantId, 'orders'))?.version).toBe(2);
      expect(await store.told(tenantId)).toEqual(['channel.saved orders', 'channel.saved orders']);
    });

    test('what is removed is found as such and not listed, and may come back', async () => {
      for (const stored of [aStored('b', 1), aStored('a', 1), aStored('c', 1), aStored('a', 2)]) await save(stored);
      await save({ name: 'b', version: 2, savedAt: AT });
      expect((await store.channels.list(tenantId)).map((one) => [one.name, one.version])).toEqual([
        ['a', 2],
        ['c', 1],
      ]);
      expect(await store.channels.find(tenantId, 'b')).toEqual({ name: 'b', version: 2, savedAt: AT });
      expect(await save(aStored('b', 3))).toBe('saved');
      expect(await store.channels.list(tenantId)).toHaveLength(3);
    });

    test("are a tenant's own", async () => {
      await save(aStored('orders', 1));
      const other = await store.newTenant();
      expect(await store.channels.find(other, 'orders')).toBeUndefined();
      expect(await store.channels.list(other)).toEqual([]);
      expect(await save(aStored('orders', 1), other)).toBe('saved');
      expect(await store.told(other)).toHaveLength(1);
    });
  });
}
