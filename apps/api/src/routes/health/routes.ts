import { errorFields } from '@ferry/kernel';
import type { Health, HttpDeps } from '../../deps.js';
import { json, type Answer } from '../../http/answer.js';
import type { PublicRoute, Route } from '../../http/route.js';
import { HealthReport, Liveness, ReadinessReport } from './answers.js';
import { healthy, notReady, ready, unhealthy } from './examples.js';

/** The word of the whole: `degraded` still works, but not all of it as it should. */
function readinessOf({ ready, checks }: Health, closing: boolean): Answer {
  const entries = Object.entries(checks);
  const lacking = entries.flatMap(([name, { status, required }]) => (required && status === 'error' ? [name] : []));
  const well = entries.every(([, { status }]) => status === 'ok');
  const status = closing ? 'closing' : !ready ? 'error' : well ? 'ok' : 'degraded';
  const down = closing || !ready;
  return json(down ? 503 : 200, { status, lacking: down ? lacking : undefined, checks });
}

/** `GET /health/ready`. */
async function readiness(deps: HttpDeps): Promise<Answer> {
  const health = await deps.health().catch((error: unknown) => untold(deps, error));
  return readinessOf(health, deps.closing.aborted);
}

/** `GET /health`. */
async function report(deps: HttpDeps): Promise<Answer> {
  const document = await deps.healthReport();
  return json(document.status === 'healthy' ? 200 : 503, document);
}

function untold({ logger }: HttpDeps, error: unknown): Health {
  logger.error('health cannot be told', errorFields(error));
  return { ready: false, checks: {} };
}

const readinessAnswers: PublicRoute['answers'] = {
  200: { description: 'Ready to serve.', body: ReadinessReport, example: ready },
  503: {
    description: 'Not ready, or about to stop; `lacking` names what is missing.',
    body: ReadinessReport,
    example: notReady,
  },
};

const reportAnswers: PublicRoute['answers'] = {
  200: {
    description: 'Does its work; `degraded` names what it works without.',
    body: HealthReport,
    example: healthy,
  },
  503: {
    description: 'Cannot do its work, or is about to stop; `lacking` names what is missing.',
    body: HealthReport,
    example: unhealthy,
  },
};

export const healthRoutes = (deps: HttpDeps): readonly Route[] => {
  const shared = { for: 'everybody', method: 'get', tag: 'Health', quiet: true, problems: [] } as const;
  return [
    {
      ...shared,
      path: '/health',
      operationId: 'health',
      summary: 'How is Ferry?',
      answers: reportAnswers,
      handle: () => report(deps),
    },
    {
      ...shared,
      path: '/health/ready',
      operationId: 'healthReady',
      summary: 'May traffic be sent here?',
      answers: readinessAnswers,
      handle: () => readiness(deps),
    },
    {
      ...shared,
      path: '/health/live',
      operationId: 'healthLive',
      summary: 'Does the process run? If not, restart it.',
      answers: { 200: { description: 'The event loop runs.', body: Liveness, example: { status: 'ok' } } },
      handle: () => Promise.resolve(json(200, { status: 'ok' })),
    },
  ];
};
