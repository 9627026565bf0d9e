import { Unavailable } from '@ferry/kernel';
import type { PersonClaims, PersonTokens } from '@ferry/tenancy';
import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { providerKeys } from './provider-keys.js';

export interface OidcOptions {
  /** `iss` of every token, to the letter. */
  readonly issuer: string;
  /** One of `aud`; also the client whose roles count beside those of the realm. */
  readonly audience: string;
  readonly jwksUrl: string;
  /** The claim that names the tenant. */
  readonly tenantClaim: string;
}

/** Signatures by a private key only: with `none` or a shared secret whoever can check a token could make one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** By how much the provider's clock and ours may differ. */
const CLOCK_TOLERANCE_S = 30;
/** No honest token is longer; checking one costs a signature. */
const TOKEN_LENGTH_MAX = 8_192;

/** Access tokens of an OpenID Connect provider, in the shape that Keycloak gives them. */
export class OidcPersonTokens implements PersonTokens {
  constructor(
    private readonly options: OidcOptions,
    private readonly keys: JWTVerifyGetKey = providerKeys(new URL(options.jwksUrl)),
  ) {}

  async verify(token: string, now: Date): Promise<PersonClaims | undefined> {
    if (token.length > TOKEN_LENGTH_MAX) return undefined;
    const { issuer, audience } = this.options;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
        currentDate: now,
      });
      return this.claimsOf(payload);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      return undefined;
    }
  }

  private claimsOf(payload: JWTPayload): PersonClaims | undefined {
    const { sub: subject, typ } = payload;
    const tenantId = payload[this.options.tenantClaim];
    // Keycloak signs ID tokens with the same keys: they say who logged in, and are no permission.
    if (typ !== undefined && typ !== 'Bearer') return undefined;
    if (typeof subject !== 'string' || subject === '' || typeof tenantId !== 'string' || tenantId === '')
      return undefined;
    return { tenantId, subject, roles: rolesOf(payload, this.options.audience) };
  }
}

/** `realm_access.roles` and `resource_access.<client>.roles`. */
const rolesOf = (payload: JWTPayload, client: string): readonly string[] => [
  ...wordsOf(fieldOf(payload['realm_access'], 'roles')),
  ...wordsOf(fieldOf(fieldOf(payload['resource_access'], client), 'roles')),
];

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

const wordsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
