import { describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import type { PaymentSignal, PaymentSignals } from '../src/ports/payment-signals.js';
import { eventually, pause } from './eventually.js';

/** `announcer` and `hearer` may be one object, or two that are joined by a service. They are joined when `make` resolves. */
export interface SignalsUnderTest {
  readonly announcer: PaymentSignals;
  readonly hearer: PaymentSignals;
  close(): Promise<void>;
}

const QUIET_MS = 100; // long enough for a signal that should not come to come

/** What every PaymentSignals keeps. Call it inside a test file. */
export function paymentSignalsContract(name: string, make: () => Promise<SignalsUnderTest>): void {
  const withSignals = async (story: (tested: SignalsUnderTest) => Promise<void>): Promise<void> => {
    const tested = await make();
    try {
      await story(tested);
    } finally {
      await tested.close();
    }
  };

  describe(`${name} carries payment signals`, () => {
    test('tells every listener what was announced', () =>
      withSignals(async (tested) => {
        const [one, other] = [await listening(tested), await listening(tested)];
        const signals = [aSignal(), aSignal()];
        tested.announcer.announce(signals);
        await eventually('both heard', () => [one, other].every(({ heard }) => includesAll(heard, signals)));
      }));

    test('carries many at once', () =>
      withSignals(async (tested) => {
        const { heard } = await listening(tested);
        const signals = Array.from({ length: 3_000 }, aSignal);
        tested.announcer.announce(signals);
        await eventually('all are heard', () => includesAll(heard, signals));
      }));

    test('tells nothing to who stopped listening', () =>
      withSignals(async (tested) => {
        const [one, other] = [await listening(tested), await listening(tested)];
        one.stop();
        one.stop();
        const signal = aSignal();
        tested.announcer.announce([signal]);
        await eventually('the other heard', () => includesAll(other.heard, [signal]));
        expect(one.heard).not.toContainEqual(signal);
      }));

    test('does not call anyone before announce has returned, nor for nothing', () =>
      withSignals(async (tested) => {
        const { heard, calls } = await listening(tested);
        const before = calls();
        tested.announcer.announce([aSignal()]);
        expect(calls()).toBe(before);
        await eventually('it is heard', () => calls() === before + 1);
        tested.announcer.announce([]);
        await pause(QUIET_MS);
        expect(calls()).toBe(before + 1);
        expect(heard.length).toBeGreaterThan(0);
      }));

    test('a listener that throws disturbs nobody', () =>
      withSignals(async (tested) => {
        tested.hearer.listen(() => {
          throw new Error('bad listener');
        });
        const { heard } = await listening(tested);
        const signal = aSignal();
        tested.announcer.announce([signal]);
        await eventually('the good one heard', () => includesAll(heard, [signal]));
      }));
  });
}

/**
 * Listens, and returns when the listener has heard a first signal and the last one that was announced for that: a subscription may take
 * a moment, and signals before it are lost, as the port allows.
 */
async function listening({ announcer, hearer }: SignalsUnderTest): Promise<{
  readonly heard: PaymentSignal[];
  readonly calls: () => number;
  readonly stop: () => void;
}> {
  const heard: PaymentSignal[] = [];
  let calls = 0;
  const stop = hearer.listen((ended) => {
    calls += 1;
    heard.push(...ended);
  });
  await eventually('it listens', () => {
    announcer.announce([aSignal()]);
    return heard.length > 0;
  });
  const last = aSignal();
  announcer.announce([last]);
  await eventually('it heard the last', () => includesAll(heard, [last]));
  return { heard, calls: () => calls, stop };
}

const aSignal = (): PaymentSignal => ({ tenantId: 'acme', paymentId: newId() });

function includesAll(heard: readonly PaymentSignal[], wanted: readonly PaymentSignal[]): boolean {
  const ids = new Set(heard.map(({ tenantId, paymentId }) => `${tenantId} ${paymentId}`));
  return wanted.every(({ tenantId, paymentId }) => ids.has(`${tenantId} ${paymentId}`));
}
