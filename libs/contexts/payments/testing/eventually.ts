import { stopwatch } from '@ferry/kernel';

const POLL_MS = 10; // short against every delay that the contracts wait for
/** What comes at all comes in seconds; the rest is for a machine that is busy with something else, or paused. */
const PATIENCE_MS = 60_000;

/** Waits until `condition` holds; after `timeoutMs` it throws, naming `what` was waited for. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const waitedMs = stopwatch();
  while (!(await condition())) {
    if (waitedMs() > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await pause(POLL_MS);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
