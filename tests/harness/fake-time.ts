import { afterEach, beforeEach, jest } from '@jest/globals';

/**
 * In the calling file or `describe`, timers and clocks stand still until `pass`: whatever the machine does meanwhile, nothing is due
 * before its time. Promises and `setImmediate` go on by themselves.
 */
export function useFakeTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

/** Lets `ms` pass, and everything run that was waiting for them. */
export async function pass(ms: number): Promise<void> {
  await settled();
  await jest.advanceTimersByTimeAsync(ms);
  await settled();
}

const TURNS = 10;

/** Everything has run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
