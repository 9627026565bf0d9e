import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { OutboxEvent } from '../src/domain/outbox-event.js';
import type { Outbox } from '../src/ports/outbox.js';
import { anOutboxEvent, versionsOf } from './outbox-event.builder.js';

/** What the contract asks of an outbox under test. It must be empty when made: `lag` and `tenantsWaiting` look at all tenants. */
export interface OutboxUnderTest {
  readonly outbox: Outbox;
  /** One committed transaction for each call; all events of a call are of one tenant. */
  write(events: readonly OutboxEvent[]): Promise<void>;
  /** For stores in which a tenant must exist first. */
  newTenant?(): Promise<string>;
  close(): Promise<void>;
}

const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms);
const names = (events: readonly OutboxEvent[]): string[] => events.map((one) => `${one.aggregateId} ${one.version}`);

/** What every Outbox promises. Run by its fake and by every adapter. */
export function outboxContract(name: string, make: () => Promise<OutboxUnderTest>): void {
  describe(`${name} is an Outbox`, () => {
    const now = new Date();
    const until = later(now, 10_000);
    let under: OutboxUnderTest;
    let outbox: Outbox;
    let tenantId: string;
    let other: string;
    const newTenant = async (): Promise<string> => (await under.newTenant?.()) ?? `t-${randomBytes(8).toString('hex')}`;

    beforeEach(async () => {
      under = await make();
      outbox = under.outbox;
      tenantId = await newTenant();
      other = await newTenant();
    });
    afterEach(() => under.close());

    describe('read', () => {
      test('gives back what was written, unchanged', async () => {
        const event = anOutboxEvent({
          tenantId,
          topic: 'transfer.events',
          type: 'transfer.held',
          at: new Date('2026-03-29T00:59:59.999Z'),
          payload: '{"z":1, "amount":9999999999999.90,"a":"é \\u00e9 🛶\\n"}',
          origin: { correlationId: 'corr-é "x"', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
        });
        await under.write([event]);
        expect(await outbox.read(tenantId, 10)).toEqual([event]);
      });

      test('orders by aggregate and version, whatever order they came in', async () => {
        const [a, b] = [versionsOf(newId(), 1, 12, { tenantId }), versionsOf(newId(), 1, 3, { tenantId })] as const;
        await under.write([...b].reverse());
        await under.write([a[1], a[10], a[0]] as OutboxEvent[]);
        await under.write(a.filter((_, i) => ![0, 1, 10].includes(i)));
        const expected = [a, b].sort((x, y) => ((x[0]?.aggregateId ?? '') < (y[0]?.aggregateId ?? '') ? -1 : 1)).flat();
        expect(names(await outbox.read(tenantId, 100))).toEqual(names(expected));
      });

      test('is a prefix of every aggregate in it, however small the limit', async () => {
        const events = Array.from({ length: 4 }, (_, i) => versionsOf(newId(), 1, i + 2, { tenantId })).flat();
        await under.write(events);
        const all = await outbox.read(tenantId, 100);
        expect(all).toHaveLength(events.length);
        for (let limit = 0; limit <= events.length; limit += 1)
          expect(names(await outbox.read(tenantId, limit))).toEqual(names(all.slice(0, limit)));
      });

      test('reading takes nothing away', async () => {
        await under.write([anOutboxEvent({ tenantId })]);
        expect(await outbox.read(tenantId, 10)).toEqual(await outbox.read(tenantId, 10));
      });

      test('sees one tenant only', async () => {
        await under.write([anOutboxEvent({ tenantId: other })]);
        expect(await outbox.read(tenantId, 10)).toEqual([]);
      });
    });

    describe('remove', () => {
      test('removes just those; what was written meanwhile stays', async () => {
        const aggregateId = newId();
        await under.write(versionsOf(aggregateId, 1, 3, { tenantId }));
        const read = await outbox.read(tenantId, 2);
        const next = versionsOf(aggregateId, 4, 5, { tenantId });
        await under.write(next);
        await outbox.remove(tenantId, read);
        expect((await outbox.read(tenantId, 10)).map(({ version }) => version)).toEqual([3, 4, 5]);
      });

      test('twice is no error, and neither is nothing', async () => {
        const event = anOutboxEvent({ tenantId });
        await under.write([event]);
        await outbox.remove(tenantId, []);
        expect(await outbox.read(tenantId, 10)).toHaveLength(1);
        await outbox.remove(tenantId, [event]);
        await outbox.remove(tenantId, [event]);
        expect(await outbox.read(tenantId, 10)).toEqual([]);
      });

      test('leaves an event of the same name in another tenant', async () => {
        const aggregateId = newId();
        const [mine, theirs] = [
          anOutboxEvent({ tenantId, aggregateId }),
          anOutboxEvent({ tenantId: other, aggregateId }),
        ];
        await under.write([mine]);
        await under.write([theirs]);
        await outbox.remove(tenantId, [mine]);
        expect(await outbox.read(tenantId, 10)).toEqual([]);
        expect(await outbox.read(other, 10)).toEqual([theirs]);
      });
    });

    describe('park', () => {
      test('keeps back one aggregate, what comes later included; the others go on', async () => {
        const [stuck, free] = [newId(), newId()];
        await under.write([...versionsOf(stuck, 1, 2, { tenantId }), ...versionsOf(free, 1, 2, { tenantId })]);
        await outbox.park(tenantId, stuck, 'too large', now);
        await under.write(versionsOf(stuck, 3, 3, { tenantId }));
        expect(names(await outbox.read(tenantId, 10))).toEqual([`${free} 1`, `${free} 2`]);
        expect(await outbox.parked(10)).toBe(1);
        expect((await outbox.lag(10)).waiting).toBe(2);
      });

      test('a tenant with nothing else has nothing waiting', async () => {
        const event = anOutboxEvent({ tenantId });
        await under.write([event]);
        await outbox.park(tenantId, event.aggregateId, 'too large', now);
        expect(await outbox.tenantsWaiting(10)).toEqual([]);
        expect(await outbox.lag(10)).toEqual({ waiting: 0, oldestAt: undefined });
      });

      test('says nothing of an aggregate of the same name in another tenant', async () => {
        const aggregateId = newId();
        await under.write([anOutboxEvent({ tenantId, aggregateId })]);
        await under.write([anOutboxEvent({ tenantId: other, aggregateId })]);
        await outbox.park(tenantId, aggregateId, 'too large', now);
        expect(await outbox.read(other, 10)).toHaveLength(1);
        expect(await outbox.tenantsWaiting(10)).toEqual([other]);
      });

      test('is undone by a replay, at most `max` at a time: the events go again, all of them, in order', async () => {
        const ids = [newId(), newId(), newId()];
        for (const id of ids) {
          await under.write(versionsOf(id, 1, 3, { tenantId }));
          await outbox.park(tenantId, id, 'too large', now);
          await outbox.park(tenantId, id, 'again', later(now, 1));
        }
        expect(await outbox.parked(2)).toBe(2);
        expect(await outbox.replay(2)).toBe(2);
        expect(await outbox.parked(10)).toBe(1);
        expect(await outbox.replay(10)).toBe(1);
        expect(await outbox.replay(10)).toBe(0);
        const expected = ids.toSorted().flatMap((id) => [1, 2, 3].map((version) => `${id} ${version}`));
        expect(names(await outbox.read(tenantId, 100))).toEqual(expected);
      });
    });

    describe('lease', () => {
      const lease = (holder: string, at: Date, to = later(at, 10_000)): Promise<boolean> =>
        outbox.lease(tenantId, holder, at, to);

      test('has one holder until it expires', async () => {
        expect(await lease('a', now, until)).toBe(true);
        expect(await lease('b', later(until, -1))).toBe(false);
        expect(await lease('b', until)).toBe(true);
        expect(await lease('a', until)).toBe(false);
      });

      test('its holder prolongs it', async () => {
        await lease('a', now, until);
        expect(await lease('a', later(now, 5_000), later(until, 5_000))).toBe(true);
        expect(await lease('b', until)).toBe(false);
        expect(await lease('b', later(until, 5_000))).toBe(true);
      });

      test('who comes back late gets it if nobody took it', async () => {
        await lease('a', now, until);
        expect(await lease('a', later(until, 60_000))).toBe(true);
      });

      test('is given back early by its holder only', async () => {
        await lease('a', now, until);
        await outbox.release(tenantId, 'b');
        expect(await lease('b', now)).toBe(false);
        await outbox.release(tenantId, 'a');
        expect(await lease('b', now)).toBe(true);
        await outbox.release(tenantId, 'a');
        expect(await lease('a', now)).toBe(false);
        await expect(outbox.release(other, 'a')).resolves.toBeUndefined();
      });

      test('of twenty who ask at once, one gets it', async () => {
        for (const at of [now, until]) {
          const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => lease(`${at.getTime()}-${i}`, at)));
          expect(answers.filter(Boolean)).toHaveLength(1);
        }
      });

      test('of one tenant says nothing about another', async () => {
        await lease('a', now, until);
        expect(await outbox.lease(other, 'b', now, until)).toBe(true);
      });

      test('a clock that was set back takes no lease from anybody', async () => {
        await lease('a', now, until);
        const back = later(now, -3_600_000);
        expect(await lease('b', back)).toBe(false);
        expect(await lease('a', back)).toBe(true);
      });
    });

    describe('tenantsWaiting and lag', () => {
      test('an empty outbox', async () => {
        expect(await outbox.tenantsWaiting(10)).toEqual([]);
        const { waiting, oldestAt } = await outbox.lag(10);
        expect({ waiting, oldestAt }).toEqual({ waiting: 0, oldestAt: undefined });
      });

      test('name each tenant with events once, at most `limit`', async () => {
        await newTenant();
        await under.write(versionsOf(newId(), 1, 5, { tenantId }));
        const event = anOutboxEvent({ tenantId: other });
        await under.write([event]);
        expect([...(await outbox.tenantsWaiting(10))].sort()).toEqual([tenantId, other].sort());
        expect(await outbox.tenantsWaiting(1)).toHaveLength(1);
        await outbox.remove(other, [event]);
        expect(await outbox.tenantsWaiting(10)).toEqual([tenantId]);
      });

      test('count to `max`, over all tenants, and tell the oldest', async () => {
        const oldest = later(now, -90_000);
        await under.write([
          ...versionsOf(newId(), 1, 4, { tenantId, at: now }),
          anOutboxEvent({ tenantId, at: oldest }),
        ]);
        await under.write(versionsOf(newId(), 1, 3, { tenantId: other, at: later(now, -1_000) }));
        expect(await outbox.lag(100)).toEqual({ waiting: 8, oldestAt: oldest });
        expect((await outbox.lag(5)).waiting).toBe(5);
      });
    });
  });
}
