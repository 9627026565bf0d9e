import type { HttpDeps } from '../deps.js';
import { jsonText } from '../http/answer.js';
import { openApiDocument } from '../http/openapi.js';
import type { Route } from '../http/route.js';
import { pageRoutes } from './docs/page.js';
import { problemRoute } from './docs/problems.js';
import { healthRoutes } from './health/routes.js';
import { paymentRoutes } from './payments/routes.js';
import { recordedPaymentRoutes } from './recorded-payments/routes.js';
import { tenancyRoutes } from './tenancy/routes.js';
import { webhookRoutes } from './webhooks/routes.js';

/** Every route of the API, on whichever listener. What is not here does not exist, neither in Express nor in the OpenAPI document. */
export function routes(deps: HttpDeps): readonly Route[] {
  let document: string | undefined;
  const openApiRoute: Route = {
    for: 'everybody',
    method: 'get',
    path: '/openapi.json',
    operationId: 'openApi',
    tag: 'Documents',
    summary: 'This description, OpenAPI 3.1',
    answers: { 200: { description: 'The document.', type: 'application/json' } },
    problems: [],
    handle: () => Promise.resolve(jsonText(200, (document ??= JSON.stringify(openApiDocument(table, deps.rails))))),
  };
  const table: readonly Route[] = [
    ...recordedPaymentRoutes(deps.recording),
    ...webhookRoutes(deps),
    ...paymentRoutes(deps),
    ...tenancyRoutes(deps.tenancy),
    ...healthRoutes(deps),
    openApiRoute,
    ...pageRoutes,
    problemRoute,
  ];
  return table;
}
