import type { SecurityRequirementObject, SecuritySchemeObject } from 'openapi3-ts/oas31';
import type { Route } from './route.js';

export const securitySchemes: Readonly<Record<string, SecuritySchemeObject>> = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `fk_live_...` or `fk_test_...`.' },
  person: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the identity provider.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'What proves a webhook: Standard Webhooks, or the header that the definition of the channel names, with `X-Tenant-Id` or `?tenant=`.',
  },
};

/** A key or a token with the scope of the route, for senders also a signature; nothing at all for what is open to everybody. */
export function securityOf(route: Route): SecurityRequirementObject[] {
  if (route.for === 'everybody') return [];
  const byScope = ['apiKey', 'person'].map((name) => ({ [name]: [route.scope] }));
  return route.for === 'sender' ? [...byScope, { signature: [] }] : byScope;
}
