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
};

/** Either of the two, with the scope of the route; nothing at all for what is open to everybody. */
export const securityOf = (route: Route): SecurityRequirementObject[] =>
  route.for === 'everybody' ? [] : Object.keys(securitySchemes).map((name) => ({ [name]: [route.scope] }));
