import { describe, expect, test } from '@jest/globals';
import { Unavailable } from '@ferry/kernel';
import { later } from '../testing/builders.js';
import type { RailAnswer } from '../src/ports/rail.js';
import { allOutcomes } from '../testing/queue-under-test.js';
import { hang, ScriptedRail, succeeded } from '../testing/scripted-rail.js';
import { RailPlaces } from '../src/use-cases/process/rail-places.js';
import { processOptions, World } from './world.js';

const putBack = { outcome: 'retry', delayMs: 1_000, uncounted: true };
const done = { outcome: 'done' };

describe('places of a rail', () => {
  const bounded = (...rails: ScriptedRail[]): World =>
    new World(rails, { ...processOptions, railTimeoutMs: 50, railCallsMax: 2 });

  test('what finds none is put back: not called, not counted, due again when its message comes', async () => {
    const rail = new ScriptedRail('far');
    const world = bounded(rail);
    const ids = await world.add({}, {}, {});
    expect(await world.handle(...ids)).toEqual([done, done, putBack]);
    const [, , third = ''] = ids.toSorted();
    expect(rail.sent).toHaveLength(2);
    expect(await world.state(third)).toMatchObject({
      status: 'PENDING',
      attempts: 0,
      version: 1,
      nextAttemptAt: later(world.clock.now(), 1_000),
    });
    expect(await world.swept()).toEqual([]); // the sweeper waits as long as the message does
    world.clock.advance(1_000);
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
    expect(outcomes.at(-1)).toEqual(putBack);
    expect(await world.state(ids.at(-1) as string)).toMatchObject({ status: 'PROCESSING', attempts: 1 });
  });

  test('a second message of one that was put back dies, or they would multiply with the sweeper’s', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<RailAnswer>();
    const rail = new ScriptedRail('far', { send: () => answered });
    const world = new World([rail], { ...processOptions, railCallsMax: 2 });
    const ids = (await world.add({}, {}, {})).toSorted();
    const worker = world.worker();
    const [third = ''] = ids.slice(2);
    const first = await worker.handle(ids.map((id) => world.message(id)));
    expect(await world.handleBy(worker, [world.message(third)])).toEqual([done]);
    world.clock.advance(1_000);
    expect(await world.handleBy(worker, [world.message(third)])).toEqual([putBack]);
    answer(succeeded());
    await allOutcomes(first);
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
    expect([batch.take('a', 'far'), batch.take('a', 'far'), batch.take('b', 'far')]).toEqual([true, true, true]);
    expect(batch.take('c', 'far')).toBe(false);
    batch.freeAllBut(new Set(['a']));
    expect(places.forBatch().take('c', 'far')).toBe(true);
    batch.free('a');
    batch.free('a');
    expect([1, 2].map((n) => places.forBatch().take(`d${n}`, 'far'))).toEqual([true, false]);
  });
});
