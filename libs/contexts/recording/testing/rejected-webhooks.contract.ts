import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { Rejection } from '../src/domain/channel/rejection.js';
import { AT, aTold } from './channels.contract.js';
import type { ChannelStore, MakeChannelStore } from './channel-store.js';

const later = (ms: number): Date => new Date(AT.getTime() + ms);

/** What every RejectedWebhooks promises. Run by its fake and by every adapter. */
export function rejectedWebhooksContract(name: string, make: MakeChannelStore): void {
  describe(`${name} is a RejectedWebhooks`, () => {
    let store: ChannelStore;
    let tenantId: string;
    beforeEach(async () => {
      store = await make();
      tenantId = await store.newTenant();
    });
    const aRejection = (given: Partial<Rejection> = {}): Rejection => ({
      tenantId,
      id: newId(AT),
      channel: 'orders',
      channelVersion: 1,
      businessUnitId: 'default',
      receivedAt: AT,
      reason: 'faults',
      faults: [{ field: 'amount', rule: 'not-positive', detail: 'must be positive', pointer: '/a' }],
      contentType: 'application/json',
      body: '{"a":"π\\u0000"}',
      bodyHash: newId(),
      ...given,
    });
    const idsOf = async (query: object = {}, of = tenantId): Promise<readonly string[]> =>
      (await store.rejected.list(of, { limit: 10, ...query })).map(({ id }) => id);

    test('are kept as they are, with their body or without', async () => {
      for (const body of ['{"a":"π"}', '', undefined]) {
        const rejection = aRejection({ body });
        expect(await store.rejected.keep(rejection, 10)).toBe('kept');
        const found = await store.rejected.find(tenantId, rejection.id);
        expect(found).toEqual({ ...rejection, lastReceivedAt: AT, times: 1, replayedAt: undefined });
      }
    });

    test('the same body again is the same rejection, as it is found now', async () => {
      const first = aRejection({ bodyHash: 'h' });
      await store.rejected.keep(first, 1);
      const again = aRejection({
        bodyHash: 'h',
        receivedAt: later(5),
        reason: 'not-json',
        faults: [],
        channelVersion: 2,
      });
      expect(await store.rejected.keep(again, 1)).toBe('again');
      expect(await store.rejected.list(tenantId, { limit: 10 })).toEqual([
        {
          ...first,
          reason: 'not-json',
          faults: [],
          channelVersion: 2,
          times: 2,
          lastReceivedAt: later(5),
          replayedAt: undefined,
        },
      ]);
      expect(await store.rejected.keep(aRejection({ bodyHash: 'h', channel: 'other' }), 1)).toBe('kept');
    });

    test('come at once and are kept once', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => store.rejected.keep(aRejection({ bodyHash: 'h' }), 10)),
      );
      expect(outcomes.toSorted()).toEqual([...Array<string>(7).fill('again'), 'kept']);
      expect(await idsOf()).toHaveLength(1);
    });

    test('have only so much room in each channel, of which those that were replayed take none', async () => {
      const first = aRejection();
      expect(await store.rejected.keep(first, 2)).toBe('kept');
      expect(await store.rejected.keep(aRejection(), 2)).toBe('kept');
      expect(await store.rejected.keep(aRejection(), 2)).toBe('full');
      expect(await store.rejected.keep(aRejection({ channel: 'other' }), 2)).toBe('kept');
      await store.rejected.markReplayed(tenantId, first.id, aTold(tenantId));
      expect(await store.rejected.keep(aRejection(), 2)).toBe('kept');
    });

    test('are listed newest first, page by page, of one channel or unit', async () => {
      const all = ['a', 'b', 'a', 'b'].map((channel, i) =>
        aRejection({ channel, id: newId(later(i)), businessUnitId: i === 0 ? 'north' : 'default' }),
      );
      for (const one of all) await store.rejected.keep(one, 10);
      const [one, two, three, four] = all.map(({ id }) => id);
      expect(await idsOf()).toEqual([four, three, two, one]);
      expect(await idsOf({ limit: 2 })).toEqual([four, three]);
      expect(await idsOf({ before: three })).toEqual([two, one]);
      expect(await idsOf({ channel: 'a' })).toEqual([three, one]);
      expect(await idsOf({ businessUnitId: 'north' })).toEqual([one]);
    });

    test('are replayed once, with what is told of it', async () => {
      const { id } = aRejection();
      await store.rejected.keep(aRejection({ id }), 10);
      const told = aTold(tenantId, { action: 'webhook.replayed', subject: id });
      const marked = await Promise.all(
        Array.from({ length: 4 }, () => store.rejected.markReplayed(tenantId, id, { ...told, id: newId(AT) })),
      );
      expect(marked.filter(Boolean)).toHaveLength(1);
      expect((await store.rejected.find(tenantId, id))?.replayedAt).toEqual(AT);
      expect(await store.rejected.markReplayed(tenantId, newId(), told)).toBe(false);
      expect(await store.told(tenantId)).toEqual([`webhook.replayed ${id}`]);
    });

    test("are a tenant's own", async () => {
      const { id } = aRejection();
      await store.rejected.keep(aRejection({ id, bodyHash: 'h' }), 1);
      const other = await store.newTenant();
      expect(await store.rejected.find(other, id)).toBeUndefined();
      expect(await idsOf({}, other)).toEqual([]);
      expect(await store.rejected.markReplayed(other, id, aTold(other))).toBe(false);
      expect(await store.rejected.keep(aRejection({ tenantId: other, bodyHash: 'h' }), 1)).toBe('kept');
    });

    test('are forgotten when they have not come for long', async () => {
      const [old, again, young] = [aRejection(), aRejection({ bodyHash: 'h' }), aRejection({ receivedAt: later(10) })];
      for (const one of [old, again, young]) await store.rejected.keep(one, 10);
      await store.rejected.keep(aRejection({ bodyHash: 'h', receivedAt: later(10) }), 10);
      expect(await store.retention.forget(later(10))).toBeGreaterThanOrEqual(1);
      expect(new Set(await idsOf())).toEqual(new Set([young.id, again.id]));
    });
  });
}
