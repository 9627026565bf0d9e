import { errorFields } from '@ferry/kernel';
import { OidcPersonTokens } from '@ferry/oidc';
import { CountedRateLimits, inProcessCounter, insuredCounter, redisCounter, type Counter } from '@ferry/rate-limits';
import { RedisConnection } from '@ferry/redis';
import { AuthenticatePerson, LimitRequests, nobody, type RateLimits } from '@ferry/tenancy';
import { startKeyUses, T, type ApiSettings, type EngineSettings, type Runtime } from '@ferry/wiring';
import type { Container } from 'inversify';
import type { HttpDeps } from '../deps.js';
import { FailedAttempts } from './failed-attempts.js';
import { keyedPrincipalOf, refuse } from './keyed.js';

type Access = Pick<HttpDeps, 'principalOf' | 'admit' | 'notLetIn'> & { readonly rates: RateLimits };

/** The tenant of everybody when authentication is off. */
const TENANT_OF_NOBODY = 'default';
/** Where Keycloak has the keys of a realm. */
const KEYCLOAK_KEYS = '/protocol/openid-connect/certs';

/** Who asks, as `FERRY_AUTH` has it. */
export function composeAccess(
  container: Container,
  settings: ApiSettings & Pick<EngineSettings, 'REDIS_URL' | 'REDIS_CA_FILE'>,
  runtime: Pick<Runtime, 'logger' | 'lifecycle'>,
): Access {
  const { logger } = runtime;
  const failures = new FailedAttempts();
  const rates = new CountedRateLimits(counterOf(settings, runtime));
  const notLetIn: HttpDeps['notLetIn'] = (request, refusal, tenantId) =>
    refuse({ failures, logger }, request, { refusal, tenantId });
  if (settings.FERRY_AUTH === 'none') {
    const principal = nobody(TENANT_OF_NOBODY);
    return { principalOf: () => Promise.resolve(principal), admit: undefined, notLetIn, rates };
  }
  startKeyUses(container);
  const limits = new LimitRequests(rates, container.get(T.HeldConfigs));
  const principalOf = keyedPrincipalOf({
    keys: container.get(T.Authenticator),
    people: peopleOf(container, settings),
    uses: container.get(T.RecordKeyUses),
    clock: container.get(T.Clock),
    failures,
    logger,
  });
  return { principalOf, admit: (principal, spends) => limits.admit(principal, spends), notLetIn, rates };
}

/** Where requests are counted: in Redis for all apis together, in this process without it or while it is away. */
function counterOf(
  { REDIS_URL: url, REDIS_CA_FILE: ca }: Pick<EngineSettings, 'REDIS_URL' | 'REDIS_CA_FILE'>,
  { logger, lifecycle }: Pick<Runtime, 'logger' | 'lifecycle'>,
): Counter {
  const own = inProcessCounter();
  if (url === undefined) return own;
  const connection = new RedisConnection({ url, ca, purpose: 'rate-limits', logger });
  lifecycle.onClose('rate limits', () => connection.close());
  const onFailure = (error: unknown): void =>
    logger.warn('limits are counted in this process for now', errorFields(error as Error));
  return insuredCounter(redisCounter(connection.redis), own, onFailure);
}

function peopleOf(container: Container, settings: ApiSettings): AuthenticatePerson | undefined {
  const { OIDC_ISSUER: issuer, OIDC_JWKS_URL: jwksUrl } = settings;
  if (issuer === undefined) return undefined;
  const tokens = new OidcPersonTokens({
    issuer,
    audience: settings.OIDC_AUDIENCE,
    jwksUrl: jwksUrl ?? `${issuer.replace(/\/$/, '')}${KEYCLOAK_KEYS}`,
    tenantClaim: settings.OIDC_TENANT_CLAIM,
  });
  return new AuthenticatePerson(tokens, container.get(T.TenantUsers));
}
