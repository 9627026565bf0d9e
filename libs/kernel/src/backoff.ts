/** Exponential back-off with "equal jitter": half of the step is kept, half is random, so herds spread and nobody waits 0. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** `attempt` counts from 1; `random` is in [0, 1). Between half of the step and the whole step, never more than `maxMs`. */
export function backoffMs({ baseMs, maxMs }: Backoff, attempt: number, random: number): number {
  const step = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(step / 2 + (step / 2) * random);
}

/** Sleeps, or returns at once when `signal` aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
