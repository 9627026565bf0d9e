import type { TenantId } from '../domain/tenant.js';

/** What a genuine token says. Its signature, issuer, audience and times have been checked. */
export interface PersonClaims {
  readonly tenantId: TenantId;
  readonly subject: string;
  /** As the identity provider spells them; words that are no roles of ours mean nothing. */
  readonly roles: readonly string[];
}

/** Checks tokens that an identity provider gave to people. */
export interface PersonTokens {
  /** Undefined for whatever is not genuine, for us, and valid at `now`. Throws `Unavailable` when that cannot be told. */
  verify(token: string, now: Date): Promise<PersonClaims | undefined>;
}
