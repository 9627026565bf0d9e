import { describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { later } from '../testing/builders.js';
import { hang, ScriptedRail } from '../testing/scripted-rail.js';
import { RailPlaces } from '../src/use-cases/process/rail-places.js';
import { processOptions, World } from './world.js';

const done = { outcome: 'done' };

describe('places of a rail', () => {
  const bounded = (...rails: ScriptedRail[]): World =>
    new World(rails, { ...processOptions, railTimeoutMs: 50, railCallsMax: 2 });

  test('what finds none waits in its row: not called, not counted, and the sweeper may speak for it when it is due again', async () => {
    const rail = new ScriptedRail('far');
    const world = bounded(rail);
    const ids = await world.add({}, {}, {});
    expect(await world.handle(...ids)).toEqual([done, done, done]);
    const [, , third = ''] = ids.toSorted();
    expect(rail.sent).toHaveLength(2);
    expect(await world.state(third)).toMatchObject({
      status: 'PENDING',
      attempts: 0,
      version: 1,
      nextAttemptAt: later(world.clock.now(), 1_000),
    });
    expect(await world.swept()).toEqual([]);
    world.clock.advance(1_000);
    expect(await world.swept()).toEqual([third]);
    expect(await world.handle(third)).toEqual([done]);
    expect(await world.state(third)).toMatchObject({ status: 'SUCCESS', attempts: 1 });
  });

  test('one that is asked for needs a place too, and stays PROCESSING without one', async () => {
    const rail = new ScriptedRail('far', { send: (_, signal) => hang(signal), ask: (_, signal) => hang(signal) });
    const world = bounded(rail);
    const ids = (await world.add({}, {}, {})).toSorted();
    const worker = world.worker();
    for (const id of ids) await world.handleBy(worker, [world.message(id)]);
    world.clock.advance(3_600_000);
    const outcomes = await world.handleBy(worker, ids.map((id) => world.message(id))); // prettier-ignore
    expect(outcomes.at(-1)).toEqual(done);
    expect(await world.state(ids.at(-1) as string)).toMatchObject({
      status: 'PROCESSING',
      attempts: 1,
      nextAttemptAt: later(world.clock.now(), 1_000),
    });
  });

  test('each rail has its own', async () => {
    const [far, near] = [new ScriptedRail('far', { send: (_, signal) => hang(signal) }), new ScriptedRail('near')];
    const world = bounded(far, near);
    const ids = await world.add({ rail: 'far' }, { rail: 'far' }, { rail: 'near' });
    const outcomes = await world.handle(...ids);
    expect(outcomes.at(-1)).toEqual(done);
    expect(near.sent).toEqual([ids.at(-1)]);
  });

  test.each(['before', 'after'] as const)('a store that fails %s the commit gives the places back', async (outage) => {
    const rail = new ScriptedRail('far');
    const world = bounded(rail);
    const worker = world.worker();
    const ids = await world.add({}, {});
    world.repository.outage = outage;
    await expect(world.handleBy(worker, ids.map((id) => world.message(id)))).rejects.toThrow(Unavailable); // prettier-ignore
    world.repository.outage = undefined;
    const fresh = await world.add({}, {});
    expect(await world.handleBy(worker, fresh.map((id) => world.message(id)))).toEqual([done, done]); // prettier-ignore
    expect(rail.sent).toEqual(expect.arrayContaining(fresh));
  });

  test('what is settled at once takes none', async () => {
    const world = bounded(new ScriptedRail('near', { atOnce: () => ({ outcome: 'succeeded' }) }));
    expect(await world.handle(...(await world.add({}, {}, {}, {})))).toEqual([done, done, done, done]);
  });

  test('a transaction that runs twice takes one place for each payment', () => {
    const places = new RailPlaces(2);
    const batch = places.forBatch();
    expect([batch.take('a', 'far', 'acme'), batch.take('a', 'far', 'acme'), batch.take('b', 'far', 'acme')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(batch.take('c', 'far', 'acme')).toBe(false);
    batch.freeAllBut(new Set(['a']));
    expect(places.forBatch().take('c', 'far', 'acme')).toBe(true);
    batch.free('a');
    batch.free('a');
    expect([1, 2].map((n) => places.forBatch().take(`d${n}`, 'far', 'acme'))).toEqual([true, false]);
  });

  describe('several tenants', () => {
    const callsMax = 50;
    /** As many as it is given, each a payment of its own. */
    const fill = (places: RailPlaces, tenantId: string) => {
      const batch = places.forBatch();
      const ids = Array.from({ length: callsMax }, (_, i) => `${tenantId}${i}`);
      return { batch, taken: ids.filter((id) => batch.take(id, 'far', tenantId)) };
    };

    test('one alone leaves a tenth, in which the payment of another finds a place', () => {
      const places = new RailPlaces(callsMax);
      expect(fill(places, 'a').taken).toHaveLength(45);
      expect(fill(places, 'b').taken).toHaveLength(5);
    });

    test('what the one that has most gives back goes to the others', () => {
      const places = new RailPlaces(callsMax);
      const { batch, taken } = fill(places, 'a');
      fill(places, 'b');
      for (const id of taken.slice(0, 4)) batch.free(id);
      expect(fill(places, 'a').taken).toEqual([]);
      expect(fill(places, 'c').taken).toHaveLength(4);
    });

    test('of fewer than ten one alone may have all', () => {
      expect(fill(new RailPlaces(9), 'a').taken).toHaveLength(9);
      expect(fill(new RailPlaces(1), 'a').taken).toHaveLength(1);
    });
  });

  test('what a tenant gives back it may take again', () => {
    const places = new RailPlaces(10);
    const ids = Array.from({ length: 9 }, (_, i) => `p${i}`);
    for (let round = 0; round < 3; round += 1) {
      const batch = places.forBatch();
      expect(ids.map((id) => batch.take(id, 'far', 'acme'))).toEqual(ids.map(() => true));
      expect(batch.take('one more', 'far', 'acme')).toBe(false);
      for (const id of ids) batch.free(id);
    }
  });
});
