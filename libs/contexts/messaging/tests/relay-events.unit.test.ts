import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId, silentLogger, silentMeter, Unavailable, type Logger } from '@ferry/kernel';
import type { OutboxEvent } from '../src/domain/outbox-event.js';
import { Unpublishable, type EventPublisher } from '../src/ports/event-publisher.js';
import { RelayEvents, type RelayOptions } from '../src/use-cases/relay-events.js';
import { InMemoryOutbox } from '../testing/in-memory-outbox.js';
import { anOutboxEvent, versionsOf } from '../testing/outbox-event.builder.js';

/** Subscribers that see what was stored, and a broker that fails when the test says so. */
class Broker implements EventPublisher {
  readonly seen: OutboxEvent[] = [];
  readonly batches: number[] = [];
  before: (events: readonly OutboxEvent[]) => Promise<void> | void = () => {};
  after: (events: readonly OutboxEvent[]) => Promise<void> | void = () => {};

  async publish(events: readonly OutboxEvent[]): Promise<void> {
    await this.before(events);
    this.seen.push(...events);
    this.batches.push(events.length);
    await this.after(events);
  }

  versions(aggregateId: string): number[] {
    return this.seen.filter((event) => event.aggregateId === aggregateId).map(({ version }) => version);
  }

  /** As a subscriber sees it that drops what it has seen before. */
  firsts(aggregateId: string): number[] {
    return [...new Set(this.versions(aggregateId))];
  }
}

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('RelayEvents', () => {
  let outbox: InMemoryOutbox;
  let broker: Broker;
  let now: Date;
  const clock = { now: (): Date => new Date(now) };
  const options: RelayOptions = { holder: 'one', leaseMs: 10_000, batchMax: 10, tenantsMax: 10, batchesPerPass: 3 };
  const aRelay = (given: Partial<RelayOptions> = {}, logger: Logger = silentLogger): RelayEvents =>
    new RelayEvents(outbox, broker, clock, logger, silentMeter, { ...options, ...given });
  const waiting = async (): Promise<number> => (await outbox.lag(10_000)).waiting;
  const pass = (ms: number): void => void (now = new Date(now.getTime() + ms));

  beforeEach(() => {
    outbox = new InMemoryOutbox();
    broker = new Broker();
    now = new Date('2026-10-25T00:59:59.000Z');
  });

  test('an empty outbox: nothing to do', async () => {
    expect(await aRelay().run()).toEqual({ published: 0, more: false });
    expect(broker.batches).toEqual([]);
  });

  test('publishes everything, in order per aggregate, unchanged, and leaves nothing', async () => {
    const ids = [newId(), newId(), newId()];
    const events = ids.flatMap((id) => versionsOf(id, 1, 5));
    await outbox.write(events.toReversed());
    expect(await aRelay().run()).toEqual({ published: 15, more: false });
    for (const id of ids) expect(broker.versions(id)).toEqual([1, 2, 3, 4, 5]);
    expect(broker.seen).toEqual(expect.arrayContaining(events));
    expect(await waiting()).toBe(0);
    expect(await aRelay().run()).toEqual({ published: 0, more: false });
  });

  test('a turn is bounded, and says that there is more', async () => {
    const id = newId();
    await outbox.write(versionsOf(id, 1, 65));
    expect(await aRelay().run()).toEqual({ published: 30, more: true });
    expect(await aRelay().run()).toEqual({ published: 30, more: true });
    expect(await aRelay().run()).toEqual({ published: 5, more: false });
    expect(broker.versions(id)).toEqual(oneTo(65));
    expect(broker.batches).toEqual([10, 10, 10, 10, 10, 10, 5]);
  });

  test('turns are fair: a tenant with thousands waiting does not hold up one with a single event', async () => {
    await outbox.write(versionsOf(newId(), 1, 5_000, { tenantId: 'huge' }));
    const single = anOutboxEvent({ tenantId: 'small' });
    await outbox.write([single]);
    expect(await aRelay().run()).toEqual({ published: 11, more: true });
    expect(broker.seen).toContainEqual(single);
  });

  test('serves no more tenants in a pass than it may', async () => {
    for (const tenantId of ['a', 'b', 'c']) await outbox.write([anOutboxEvent({ tenantId })]);
    const relay = aRelay({ tenantsMax: 2 });
    expect(await relay.run()).toMatchObject({ published: 2 });
    expect(await relay.run()).toMatchObject({ published: 1 });
  });

  test('what is written while it publishes goes out too, behind what was there', async () => {
    const id = newId();
    await outbox.write(versionsOf(id, 1, 10));
    broker.before = async () => {
      broker.before = () => {};
      await outbox.write(versionsOf(id, 11, 15));
    };
    await aRelay().run();
    await aRelay().run();
    expect(broker.versions(id)).toEqual(oneTo(15));
    expect(await waiting()).toBe(0);
  });

  describe('a publisher that fails', () => {
    test.each(['before', 'after'] as const)(
      '%s the broker has stored them: nothing is lost, order is kept',
      async (when) => {
        const id = newId();
        await outbox.write(versionsOf(id, 1, 25));
        let calls = 0;
        broker[when] = () => {
          calls += 1;
          if (calls === 2) throw new Unavailable('kafka');
        };
        await expect(aRelay().run()).rejects.toThrow('kafka is unavailable');
        expect(await waiting()).toBe(15);
        await aRelay({ holder: 'another, at once: the lease was given back' }).run();
        expect(broker.firsts(id)).toEqual(oneTo(25));
        expect(await waiting()).toBe(0);
        if (when === 'before') expect(broker.versions(id)).toEqual(oneTo(25));
      },
    );

    test('because it is away: the pass ends at once, so that not every tenant waits for the same time-out', async () => {
      for (const tenantId of ['a', 'b', 'c']) await outbox.write([anOutboxEvent({ tenantId })]);
      const publish = jest.spyOn(broker, 'publish').mockRejectedValue(new Unavailable('kafka'));
      await expect(aRelay().run()).rejects.toThrow(Unavailable);
      expect(publish).toHaveBeenCalledTimes(1);
      expect(await waiting()).toBe(3);
    });

    test('at one tenant’s events does not keep the others waiting, and says whose they are', async () => {
      for (const tenantId of ['a', 'bad', 'c']) await outbox.write([anOutboxEvent({ tenantId })]);
      const error = jest.fn();
      broker.before = ([event]) => {
        if (event?.tenantId === 'bad') throw new Error('too large');
      };
      for (let i = 0; i < 2; i += 1)
        expect(await aRelay({}, { ...silentLogger, error }).run()).toMatchObject({
          published: i === 0 ? 2 : 0,
          more: false,
        });
      expect(await outbox.tenantsWaiting(10)).toEqual(['bad']);
      expect(error).toHaveBeenCalledWith(
        expect.any(String),
        expect.objectContaining({ tenant_id: 'bad', error: 'too large' }),
      );
    });
  });

  describe('an event that can never be published', () => {
    const refuse = (event: OutboxEvent): void => {
      broker.before = (events) => {
        if (events.some(({ eventId }) => eventId === event.eventId)) throw new Unpublishable(event, 'too large');
      };
    };

    test('is parked with those after it; all others of the tenant go on, in the same pass', async () => {
      const [stuck, free] = [newId(), newId()];
      const events = versionsOf(stuck, 1, 4);
      await outbox.write([...events, ...versionsOf(free, 1, 5)]);
      refuse(events[1] as OutboxEvent);
      const counted = jest.fn();
      const error = jest.fn();
      const meter = { ...silentMeter, count: counted };
      const relay = new RelayEvents(outbox, broker, clock, { ...silentLogger, error }, meter, options);
      expect(await relay.run()).toEqual({ published: 5, more: false });
      expect(broker.versions(free)).toEqual(oneTo(5));
      expect(broker.versions(stuck)).toEqual([]);
      expect(outbox.attention).toEqual(['too large']);
      expect(counted).toHaveBeenCalledWith('events_parked_total');
      expect(error).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ aggregate_id: stuck }));
    });

    test('leaves no hole: after a replay its aggregate is told from where it stopped', async () => {
      const stuck = newId();
      const events = versionsOf(stuck, 1, 4);
      await outbox.write(events);
      refuse(events[1] as OutboxEvent);
      const relay = aRelay({ batchMax: 1 });
      await relay.run();
      expect(broker.versions(stuck)).toEqual([1]);
      await outbox.write(versionsOf(stuck, 5, 5));
      expect(await relay.run()).toEqual({ published: 0, more: false });
      broker.before = () => {};
      expect(await outbox.replay(10)).toBe(1);
      await aRelay().run();
      expect(broker.versions(stuck)).toEqual(oneTo(5));
      expect(await waiting()).toBe(0);
    });

    test('still refused after a replay, it is parked again', async () => {
      const event = anOutboxEvent();
      await outbox.write([event]);
      refuse(event);
      await aRelay().run();
      await outbox.replay(10);
      await aRelay().run();
      expect(await outbox.parked(10)).toBe(1);
    });

    test('that is none of those which were to be published is a fault of the publisher: nothing is parked', async () => {
      await outbox.write([anOutboxEvent()]);
      broker.before = () => {
        throw new Unpublishable(anOutboxEvent(), 'too large');
      };
      expect(await aRelay().run()).toEqual({ published: 0, more: false });
      expect(await outbox.parked(10)).toBe(0);
    });
  });

  describe('several relays', () => {
    test('at once: each event once, in order', async () => {
      const tenants = ['a', 'b', 'c', 'd'];
      const ids = tenants.map(() => newId());
      for (const [i, tenantId] of tenants.entries()) await outbox.write(versionsOf(ids[i] ?? '', 1, 50, { tenantId }));
      const relays = ['one', 'two', 'three'].map((holder) => aRelay({ holder }));
      for (let round = 0; round < 10 && (await waiting()) > 0; round += 1)
        await Promise.all(relays.map((relay) => relay.run()));
      for (const id of ids) expect(broker.versions(id)).toEqual(oneTo(50));
    });

    test('one publishes; the other finds the tenant taken and goes on to the next', async () => {
      const [mine, theirs] = [anOutboxEvent({ tenantId: 'mine' }), anOutboxEvent({ tenantId: 'theirs' })];
      await outbox.write([theirs]);
      await outbox.write([mine]);
      await outbox.lease('theirs', 'another', now, new Date(now.getTime() + 5_000));
      expect(await aRelay().run()).toEqual({ published: 1, more: false });
      expect(broker.seen).toEqual([mine]);
      pass(5_000);
      expect(await aRelay().run()).toEqual({ published: 1, more: false });
      expect(broker.seen).toEqual([mine, theirs]);
    });

    test('one that is held up beyond its lease: duplicates, but no hole and no event before its time', async () => {
      const id = newId();
      await outbox.write(versionsOf(id, 1, 20));
      broker.before = async () => {
        broker.before = () => {};
        pass(options.leaseMs);
        await aRelay({ holder: 'two', batchesPerPass: 1 }).run();
      };
      await aRelay().run();
      await aRelay({ holder: 'two' }).run();
      expect(broker.firsts(id)).toEqual(oneTo(20));
      expect(await waiting()).toBe(0);
    });

    test('one that lost its lease stops, and does not give back what is not its own', async () => {
      await outbox.write(versionsOf(newId(), 1, 30));
      broker.after = async () => {
        pass(options.leaseMs);
        await outbox.lease('default', 'thief', now, new Date(now.getTime() + 60_000));
      };
      expect(await aRelay().run()).toEqual({ published: 10, more: false });
      expect(await outbox.lease('default', 'third', now, now)).toBe(false);
    });
  });

  describe('an outbox that goes away', () => {
    test('before it began: rejects', async () => {
      outbox.away = true;
      await expect(aRelay().run()).rejects.toThrow('postgres is unavailable');
    });

    test('after publishing: the same events go out again, nothing is lost', async () => {
      const id = newId();
      await outbox.write(versionsOf(id, 1, 10));
      broker.after = () => void (outbox.away = true);
      await expect(aRelay().run()).rejects.toThrow('postgres is unavailable');
      outbox.away = false;
      broker.after = () => {};
      expect(await aRelay({ holder: 'two' }).run()).toEqual({ published: 0, more: false });
      pass(options.leaseMs);
      expect(await aRelay({ holder: 'two' }).run()).toEqual({ published: 10, more: false });
      expect(broker.versions(id)).toEqual([...oneTo(10), ...oneTo(10)]);
    });
  });

  test('a clock that is set back an hour does not stop the relay that holds the lease', async () => {
    const id = newId();
    await outbox.write(versionsOf(id, 1, 30));
    broker.after = () => {
      pass(-3_600_000);
      broker.after = () => {};
    };
    expect(await aRelay().run()).toEqual({ published: 30, more: true });
    expect(broker.versions(id)).toEqual(oneTo(30));
  });
});
