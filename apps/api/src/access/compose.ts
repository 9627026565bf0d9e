import { OidcPersonTokens } from '@ferry/oidc';
import { AuthenticatePerson, nobody } from '@ferry/tenancy';
import { startKeyUses, T, type ApiSettings, type Runtime } from '@ferry/wiring';
import type { Container } from 'inversify';
import type { HttpDeps } from '../deps.js';
import { keyedPrincipalOf } from './keyed.js';

/** The tenant of everybody when authentication is off. */
const TENANT_OF_NOBODY = 'default';
/** Where Keycloak has the keys of a realm. */
const KEYCLOAK_KEYS = '/protocol/openid-connect/certs';

/** Who asks, as `FERRY_AUTH` has it. */
export function composeAccess(
  container: Container,
  settings: ApiSettings,
  { logger }: Pick<Runtime, 'logger'>,
): HttpDeps['principalOf'] {
  if (settings.FERRY_AUTH === 'none') {
    const principal = nobody(TENANT_OF_NOBODY);
    return () => Promise.resolve(principal);
  }
  startKeyUses(container);
  return keyedPrincipalOf({
    keys: container.get(T.Authenticator),
    people: peopleOf(container, settings),
    uses: container.get(T.RecordKeyUses),
    clock: container.get(T.Clock),
    logger,
  });
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
