import { describe, expect, test } from '@jest/globals';
import { failureReasons, type Metadata, type PaymentState, type RailAnswer, type Settlement } from '@ferry/payments';
import { aPayment, idAt } from '@ferry/payments/testing';
import { pass, useFakeTime } from '../../../../tests/harness/fake-time.js';
import { SimulatedRail, scenarios, type Latency, type Scenario, type SimulatedRailOptions } from '../src/index.js';

const none: Latency = { distribution: 'none' };
const fast: Latency = { distribution: 'uniform', minMs: 0, maxMs: 1 };
const aRail = (options: Partial<SimulatedRailOptions> = {}): SimulatedRail =>
  new SimulatedRail({ successRate: 0.5, seed: 1, latency: none, ...options });
const asking = (metadata: Metadata = {}, reference = `ref-${idAt(new Date())}`): PaymentState =>
  aPayment({ metadata, reference }).state;
const success = ({ id }: PaymentState): RailAnswer => ({ outcome: 'succeeded', providerReference: `sim-${id}` });
const patient = (): AbortSignal => new AbortController().signal;
const one = async ([answer]: readonly Promise<RailAnswer>[]): Promise<RailAnswer | undefined> => answer;

/** Fixed ids, so that the shares below are facts and not samples. */
const payments = Array.from({ length: 10_000 }, (_, i) => ({
  ...aPayment().state,
  id: `01900000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`,
  reference: `ref-${i}`,
}));
const succeededShare = (rail: SimulatedRail): number =>
  payments.filter((payment) => rail.decideAtOnce(payment)?.outcome === 'succeeded').length / payments.length;

describe('without a scenario', () => {
  test.each([
    [0, 1],
    [0.1, 1],
    [0.5, 1],
    [0.95, 1],
    [0.95, 'another'],
    [1, 1],
  ])('%p of the payments succeed (seed %p), within four standard deviations', (successRate, seed) => {
    const deviation = Math.sqrt((successRate * (1 - successRate)) / payments.length);
    const share = succeededShare(aRail({ successRate, seed }));
    expect(Math.abs(share - successRate)).toBeLessThanOrEqual(4 * deviation);
  });

  test('the seed decides which, and its type does not matter', () => {
    const fates = (seed: number | string): (Settlement | undefined)[] =>
      payments.slice(0, 200).map((payment) => aRail({ seed }).decideAtOnce(payment));
    expect(fates(1)).toEqual(fates('1'));
    expect(fates(1)).not.toEqual(fates(2));
  });

  test('sending, sending again, asking and deciding at once agree, whatever the latency', async () => {
    const some = payments.slice(0, 100);
    const expected = some.map((payment) => aRail().decideAtOnce(payment));
    const slow = aRail({ latency: fast });
    for (const rail of [aRail(), slow]) {
      expect(await Promise.all(rail.send(some, patient()))).toEqual(expected);
      expect(await Promise.all(rail.send(some.toReversed(), patient()))).toEqual(expected.toReversed());
      expect(await Promise.all(rail.ask(some, patient()))).toEqual(expected);
    }
    expect(some.map((payment) => slow.decideAtOnce(payment))).toEqual(some.map(() => undefined));
  });

  test('no payments, no answers', () => {
    expect(aRail().send([], patient())).toEqual([]);
  });
});

describe('a client asks for', () => {
  const ways: readonly [string, (scenario: Scenario) => PaymentState][] = [
    ['metadata', (scenario) => asking({ simulate: scenario })],
    ['reference', (scenario) => asking({}, `SIM-${scenario.toUpperCase()}-7`)],
    ['metadata before reference', (scenario) => asking({ simulate: scenario }, 'SIM-FAILURE')],
  ];
  const unlucky = aRail({ successRate: 0 });
  const lucky = aRail({ successRate: 1 });

  describe.each(ways)('by %s', (_, payment) => {
    test('success', () => {
      const asked = payment('success');
      expect(unlucky.decideAtOnce(asked)).toEqual(success(asked));
    });

    test('failure', () => {
      expect(lucky.decideAtOnce(payment('failure'))).toEqual({ outcome: 'failed', reason: 'declined' });
    });

    test('timeout: nothing at once, nothing until the caller gives up, success when asked', async () => {
      const asked = payment('timeout');
      expect(unlucky.decideAtOnce(asked)).toBeUndefined();
      const caller = new AbortController();
      let answered = false;
      const answer = one(unlucky.send([asked], caller.signal)).finally(() => (answered = true));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(answered).toBe(false);
      caller.abort();
      expect(await answer).toMatchObject({ outcome: 'unknown' });
      expect(await one(unlucky.ask([asked], patient()))).toEqual(success(asked));
    });

    test('unknown: for ever', async () => {
      const asked = payment('unknown');
      expect(lucky.decideAtOnce(asked)).toBeUndefined();
      expect(await one(lucky.send([asked], patient()))).toMatchObject({ outcome: 'unknown' });
      expect(await one(lucky.ask([asked], patient()))).toMatchObject({ outcome: 'unknown' });
    });

    test('error: the rail breaks on it, with latency too', () => {
      const asked = payment('error');
      for (const rail of [lucky, aRail({ latency: fast })]) expect(() => rail.decideAtOnce(asked)).toThrow('simulated');
    });
  });

  test.each(Object.keys(failureReasons))('failure for the reason %s, also when it fails by chance', (reason) => {
    const failed = { outcome: 'failed', reason };
    expect(lucky.decideAtOnce(asking({ simulate: 'failure', simulate_reason: reason }))).toEqual(failed);
    expect(unlucky.decideAtOnce(asking({ simulate_reason: reason }))).toEqual(failed);
  });

  test.each(['no such reason', 'toString', '', 7, null, ['declined']])(
    'a reason that is none is `declined`: %p',
    (reason) => {
      const asked = asking({ simulate: 'failure', simulate_reason: reason });
      expect(lucky.decideAtOnce(asked)).toEqual({ outcome: 'failed', reason: 'declined' });
    },
  );

  test.each([
    [{ simulate: 'SUCCESS' }, 'ref'],
    [{ simulate: true }, 'ref'],
    [{ simulate: { success: true } }, 'ref'],
    [{}, 'sim-success'],
    [{}, 'my SIM-SUCCESS'],
  ])('other words ask for nothing: %j %s', (metadata, reference) => {
    expect(unlucky.decideAtOnce(asking(metadata as Metadata, reference))).toEqual({
      outcome: 'failed',
      reason: 'declined',
    });
  });

  test('a payment that is never answered does not delay the answers to the others', async () => {
    const [timeout, quick] = [asking({ simulate: 'timeout' }), asking({ simulate: 'success' })];
    const caller = new AbortController();
    const answers = aRail({ latency: fast }).send([timeout, quick], caller.signal);
    expect(await answers[1]).toEqual(success(quick));
    caller.abort();
    expect(await answers[0]).toMatchObject({ outcome: 'unknown' });
  });

  test('every scenario is listed', () => {
    expect(scenarios).toEqual(['success', 'failure', 'timeout', 'unknown', 'error']);
  });
});

describe('latency', () => {
  useFakeTime();

  test('is drawn for each payment, and each is answered after its own', async () => {
    const rail = aRail({ latency: { distribution: 'uniform', minMs: 0, maxMs: 1_000 } });
    let answered = 0;
    for (const answer of rail.send(payments.slice(0, 100), patient())) void answer.then(() => (answered += 1));
    for (const share of [0.25, 0.5, 0.75]) {
      await pass(250);
      expect(Math.abs(answered - 100 * share)).toBeLessThan(20);
    }
    await pass(250);
    expect(answered).toBe(100);
  });

  test('a caller who gives up is not kept waiting, and nothing is guessed', async () => {
    const caller = new AbortController();
    const rail = aRail({ latency: { distribution: 'uniform', minMs: 60_000, maxMs: 60_000 } });
    const answer = one(rail.send([asking()], caller.signal));
    caller.abort();
    expect(await answer).toMatchObject({ outcome: 'unknown' });
    expect(await one(rail.ask([asking()], AbortSignal.abort()))).toMatchObject({ outcome: 'unknown' });
  });

  test.each<Latency>([
    { distribution: 'uniform', minMs: -1, maxMs: 5 },
    { distribution: 'uniform', minMs: 6, maxMs: 5 },
    { distribution: 'uniform', minMs: 0, maxMs: Number.NaN },
    { distribution: 'exponential', minMs: 5, p50Ms: 4, maxMs: 9 },
    { distribution: 'exponential', minMs: 5, p50Ms: 10, maxMs: 9 },
    { distribution: 'exponential', minMs: 0, p50Ms: 10, maxMs: Infinity },
  ])('%j makes no sense', (latency) => {
    expect(() => aRail({ latency })).toThrow(RangeError);
  });

  test.each([-0.1, 1.1, Number.NaN])('neither does a success rate of %p', (successRate) => {
    expect(() => aRail({ successRate })).toThrow(RangeError);
  });
});
