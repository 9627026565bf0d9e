import { describe, expect, test } from '@jest/globals';
import { wholeTenant, type RailAnswer } from '@ferry/payments';
import {
  allOutcomes,
  anInstruction,
  InMemoryPaymentRepository,
  ManualClock,
  ScriptedRail,
} from '@ferry/payments/testing';
import { aCreator, aWorker, ClockSimulation, GRACE_MS, HOUR_MS, WrongClock } from '../harness/clock-simulation.js';
import { say, sized } from '../harness/cluster.js';
import { seededRandom } from '../harness/random.js';

/** RELIABILITY.md F14: clocks that jump and disagree, simulated. CHAOS_SEED repeats a run. */
const PAYMENTS = sized(100, 1_000);
const STEPS = sized(1_200, 12_000);
const DAY_MS = 24 * HOUR_MS;

/** Spring and autumn in Europe, the leap day and its end, the turn of a year. */
const instants = [
  '2026-03-29T00:59:50.000Z',
  '2026-10-25T00:59:50.000Z',
  '2028-02-28T23:59:50.000Z',
  '2028-02-29T23:59:50.000Z',
  '2026-12-31T23:59:50.000Z',
];

describe('F14: clocks that jump by an hour and disagree', () => {
  test.each(instants)('around %s every payment ends once, and ids stay unique', async (start) => {
    const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    say(`F14 around ${start}`, `seed ${seed}`);
    const simulation = new ClockSimulation(start, PAYMENTS, seededRandom(seed));
    for (let i = 0; i < STEPS; i += 1) await simulation.step();
    await simulation.settle();

    const { ids, store, rail } = simulation;
    expect(ids.length).toBe(PAYMENTS);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted());
    expect(await simulation.open()).toBe(0);
    expect(simulation.errors).toEqual([]);
    const payments = await store.find(wholeTenant('default'), ids);
    expect(payments.every((payment) => payment?.state.status === 'SUCCESS')).toBe(true);
    expect(rail.moved.size).toBe(PAYMENTS);
    const events = Map.groupBy(store.events, ({ payment }) => payment.id);
    for (const id of ids) expect(events.get(id)?.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(new Set(store.events.map((event) => event.id)).size).toBe(store.events.length);
    say(
      'F14',
      `${PAYMENTS} payments, ${simulation.jumps} jumps of 3 clocks, ${rail.sent.length} sent, ${rail.asked.length} asked: each ended once`,
    );
  });

  test('a clock an hour ahead takes over a live lease: the rail is asked, nothing is sent twice, one ending', async () => {
    const answering = Promise.withResolvers<RailAnswer>();
    const rail = new ScriptedRail('slow', {
      send: () => answering.promise,
      ask: () => ({ outcome: 'unknown', detail: 'on its way' }),
    });
    const truth = new ManualClock();
    const store = new InMemoryPaymentRepository({ graceMs: GRACE_MS });
    const [created] = await aCreator(store, truth).execute([
      { instruction: anInstruction({ rail: rail.name }), respond: () => '' },
    ]);
    const paymentId = created?.outcome === 'created' ? created.payment.id : '';
    const message = { tenantId: 'default', paymentId, attempt: 0 };
    const [first] = await aWorker(store, rail, truth, () => 0.5).handle([message]);
    const ahead = new WrongClock(truth);
    ahead.wrongByMs = HOUR_MS;
    await allOutcomes(await aWorker(store, rail, ahead, () => 0.5).handle([message]));
    expect(rail.asked).toEqual([paymentId]);
    answering.resolve({ outcome: 'succeeded' });
    await first;
    expect(rail.sent).toEqual([paymentId]);
    expect(store.events.map(({ type }) => type)).toEqual([
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
  });

  test.each([-HOUR_MS, HOUR_MS])(
    'an idempotency key is kept for the promised 30 days by a clock that is wrong by %i ms',
    async (wrongByMs) => {
      const truth = new ManualClock(new Date('2028-02-28T12:00:00.000Z'));
      const store = new InMemoryPaymentRepository({ graceMs: GRACE_MS });
      const clock = new WrongClock(truth);
      const create = aCreator(store, clock);
      const command = {
        instruction: anInstruction(),
        idempotency: { key: 'key', fingerprint: 'f'.repeat(64) },
        respond: () => 'first',
      };
      expect(await create.execute([command])).toMatchObject([{ outcome: 'created' }]);
      truth.advance(30 * DAY_MS);
      clock.wrongByMs = wrongByMs;
      expect(await create.execute([command])).toMatchObject([{ outcome: 'replayed', response: 'first' }]);
    },
  );
});
