import { sleep } from '@ferry/kernel';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';

export interface Count {
  /** Points under the name in this window, the ones just added among them. */
  readonly consumed: number;
  readonly endsInMs: number;
}

/** Adds points under a name; the first ones open the window. */
export type Counter = (name: string, points: number, windowMs: number) => Promise<Count>;

type Limiter = Pick<RateLimiterMemory, 'consume'>;

/** The limiters only count: what is too much differs from key to key, and is decided by who asks. */
const ENDLESS = { points: Number.MAX_SAFE_INTEGER, duration: 60 };
/** Many times what a Redis near by needs; a request waits for it no longer. */
const PATIENCE_MS = 50;
/** How long Redis is left alone after it failed, so that an outage costs one request in a while its patience. */
const PAUSE_MS = 5_000;

const counterOf =
  (limiter: Limiter): Counter =>
  async (name, points, windowMs) => {
    const { consumedPoints, msBeforeNext } = await limiter.consume(name, points, { customDuration: windowMs / 1_000 });
    return { consumed: consumedPoints, endsInMs: Math.max(0, msBeforeNext) };
  };

/** Counts in this process. */
export const inProcessCounter = (): Counter => counterOf(new RateLimiterMemory(ENDLESS));

/** Counts in Redis, for all processes together. `client`: an ioredis connection whose commands fail while it is away. */
export const redisCounter = (client: unknown): Counter =>
  counterOf(
    new RateLimiterRedis({ ...ENDLESS, storeClient: client, keyPrefix: 'ferry:limit', rejectIfRedisNotReady: true }),
  );

/**
 * Counts with the first, and with the second while the first fails or is slow. Not the library's `insuranceLimiter`: that
 * waits for a frozen Redis anew with each request.
 */
export function insuredCounter(shared: Counter, own: Counter, onFailure: (error: unknown) => void): Counter {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (name, points, windowMs) => {
    if (performance.now() - failedAt < PAUSE_MS) return own(name, points, windowMs);
    try {
      return await impatiently(shared(name, points, windowMs));
    } catch (error) {
      failedAt = performance.now();
      onFailure(error);
      return own(name, points, windowMs);
    }
  };
}

async function impatiently(count: Promise<Count>): Promise<Count> {
  const done = new AbortController();
  const late = sleep(PATIENCE_MS, done.signal).then(() => undefined);
  count.catch(() => {}); // heard below, or too late to matter
  try {
    const first = await Promise.race([count, late]);
    if (first === undefined) throw new Error(`no answer within ${PATIENCE_MS} ms`);
    return first;
  } finally {
    done.abort();
  }
}
