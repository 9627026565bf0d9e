import type { Standing } from '@ferry/tenancy';
import { Problem } from '../http/problem.js';

const inSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** `RateLimit` and `RateLimit-Policy`, as draft-ietf-httpapi-ratelimit-headers has them: structured fields. */
export const rateHeaders = (standings: readonly Standing[]): Record<string, string> =>
  standings.length === 0
    ? {}
    : {
        'RateLimit-Policy': standings
          .map(({ limit: { policy, max, windowMs } }) => `"${policy}";q=${max};w=${windowMs / 1_000}`)
          .join(', '),
        RateLimit: standings
          .map(({ limit, remaining, resetsInMs }) => `"${limit.policy}";r=${remaining};t=${inSeconds(resetsInMs)}`)
          .join(', '),
      };

/** Throws the problem of a request that is one too many. */
export function assertWithin(standings: readonly Standing[]): void {
  const refused = standings.find(({ allowed }) => !allowed);
  if (!refused) return;
  throw tooMany(`The limit "${refused.limit.policy}" is used up.`, refused.resetsInMs);
}

export const tooMany = (detail: string, resetsInMs: number): Problem =>
  new Problem('rate-limited', detail, { headers: { 'Retry-After': String(inSeconds(resetsInMs)) } });
