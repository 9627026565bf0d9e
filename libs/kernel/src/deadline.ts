import { sleep } from './backoff.js';

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';

  constructor(readonly deadlineMs: number) {
    super(`no answer within ${Math.round(deadlineMs)} ms`);
  }
}

/**
 * The promise's outcome, or a rejection with `DeadlinePassed` after `ms`; `ofMs` is the whole deadline that the message tells.
 * A later outcome of the promise is dropped, also a rejection.
 */
export function within<T>(ms: number, promise: Promise<T>, ofMs = ms): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlinePassed(ofMs)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The answer, or undefined after `ms`. Work that is late goes on; a rejection of it counts until then only. */
export async function answerWithin<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([work, sleep(ms, late.signal).then(() => undefined)]);
  } finally {
    late.abort();
  }
}
