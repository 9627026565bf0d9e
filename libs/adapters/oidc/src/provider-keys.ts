import { Unavailable } from '@ferry/kernel';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** How long keys are taken as they are before they are asked for again: a withdrawn key dies within it. */
const FRESH_MS = 10 * 60_000;
/** A key that nobody knows makes us ask again, but no more often: unknown names are free to invent. */
const COOL_DOWN_MS = 30_000;
const TIMEOUT_MS = 3_000;
/** How long the last keys still count while the provider is away: an outage of a night lets everybody work on. */
const KEPT_MS = 24 * 3_600_000;

/** What a token can bring about by itself; anything else means that the provider could not be asked. */
const ofTheToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported] as const;

/** The keys by which an identity provider signs. Throws `Unavailable` when there are none, and none are kept. */
export function providerKeys(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, {
    cacheMaxAge: FRESH_MS,
    cooldownDuration: COOL_DOWN_MS,
    timeoutDuration: TIMEOUT_MS,
  });
  let heardAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (header, token) => {
    const now = performance.now();
    const kept = remote.jwks();
    const usable = kept !== undefined && now - heardAt < KEPT_MS ? createLocalJWKSet(kept) : undefined;
    // While the provider is away, only one request in a while waits for it.
    if (usable && !remote.fresh && now - failedAt < COOL_DOWN_MS) return usable(header, token);
    try {
      const key = await remote(header, token);
      if (remote.fresh) heardAt = now;
      return key;
    } catch (error) {
      if (ofTheToken.some((one) => error instanceof one)) throw error;
      failedAt = performance.now();
      if (!usable) throw new Unavailable('identity provider', { cause: error });
      return usable(header, token);
    }
  };
}
