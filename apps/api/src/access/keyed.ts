import type { Request } from 'express';
import type { Clock, Logger } from '@ferry/kernel';
import type { AuthenticatePerson, Authenticator, Principal, RecordKeyUses } from '@ferry/tenancy';
import { Problem } from '../http/problem.js';
import { addressOf } from './address.js';
import type { FailedAttempts } from './failed-attempts.js';
import { tooMany } from './rates.js';

export interface AccessParts {
  readonly keys: Pick<Authenticator, 'authenticate'>;
  /** Absent when no identity provider is set. */
  readonly people?: Pick<AuthenticatePerson, 'authenticate'> | undefined;
  readonly uses: Pick<RecordKeyUses, 'note'>;
  readonly failures: Pick<FailedAttempts, 'note'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Found = Awaited<ReturnType<Authenticator['authenticate'] | AuthenticatePerson['authenticate']>>;

/** RFC 6750: what a header may hold. Keys are of these letters too. */
const bearer = /^bearer +([a-z0-9._~+/-]+=*) *$/i;
const KEY_START = 'fk_';
const NO_ADDRESS = '';

/** One and the same for whatever is wrong with a key or a token: a difference would help whoever guesses. */
const unauthenticated = (): Problem =>
  new Problem('unauthenticated', 'Present a valid key or token.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="ferry"' },
  });

/** Who asks, by `Authorization: Bearer` with a key of ours or a token of the identity provider. */
export const keyedPrincipalOf = (parts: AccessParts): ((request: Request) => Promise<Principal>) => {
  return async (request) => {
    const address = addressOf(request);
    const found = await find(parts, request.headers.authorization, address ?? NO_ADDRESS);
    if ('principal' in found) {
      parts.uses.note(found.principal);
      return found.principal;
    }
    const { refusal, tenantId } = found;
    const prefix = 'prefix' in found ? found.prefix : undefined;
    throw refuse(parts, request, { refusal, prefix, tenantId });
  };
};

/** The problem of a request that is not let in, whatever it tried to prove itself by. Said once for those of an address that go on. */
export function refuse(
  { failures, logger }: Pick<AccessParts, 'failures' | 'logger'>,
  request: Request,
  why: { readonly refusal: string; readonly prefix?: string | undefined; readonly tenantId?: string | undefined },
): Problem {
  const address = addressOf(request);
  const { refusal, prefix, tenantId } = why;
  const slowed = failures.note(address ?? NO_ADDRESS);
  if (slowed === undefined || slowed.first)
    logger.info('not let in', { refusal, prefix, tenant_id: tenantId, address, slowed: slowed !== undefined });
  return slowed ? tooMany('Too many failed attempts from this address.', slowed.waitMs) : unauthenticated();
}

function find(parts: AccessParts, header: string | undefined, address: string): Promise<Found> {
  const presented = header === undefined ? undefined : bearer.exec(header)?.[1];
  const now = parts.clock.now();
  if (!parts.people || presented === undefined || presented.startsWith(KEY_START))
    return parts.keys.authenticate(presented, address, now);
  return parts.people.authenticate(presented, now);
}
