import { errorFields } from '@ferry/kernel';
import type { Health, HttpDeps } from '../../deps.js';
import { json, type Answer } from '../../http/answer.js';
import type { PublicRoute, Route } from '../../http/route.js';
import { HealthReport, Liveness } from './answers.js';

/** The word of the whole: `degraded` still works, but not all of it as it should. */
function reportOf({ ready, checks }: Health, closing: boolean): Answer {
  const entries = Object.entries(checks);
  const lacking = entries.flatMap(([name, { status, required }]) => (required && status === 'error' ? [name] : []));
  const well = entries.every(([, { status }]) => status === 'ok');
  const status = closing ? 'closing' : !ready ? 'error' : well ? 'ok' : 'degraded';
  const down = closing || !ready;
  return json(down ? 503 : 200, { status, lacking: down ? lacking : undefined, checks });
}

async function report(deps: HttpDeps): Promise<Answer> {
  try {
    return reportOf(await deps.health(), deps.closing.aborted);
  } catch (error) {
    deps.logger.error('health cannot be told', errorFields(error));
    return reportOf({ ready: false, checks: {} }, deps.closing.aborted);
  }
}

const answers: PublicRoute['answers'] = {
  200: {
    description: 'Ready to serve.',
    body: HealthReport,
    example: { status: 'ok', checks: { database: { status: 'ok', required: true } } },
  },
  503: {
    description: 'Not ready, or about to stop; `lacking` names what is missing.',
    body: HealthReport,
    example: {
      status: 'error',
      lacking: ['database'],
      checks: {
        database: { status: 'error', required: true, since: '2026-01-01T12:00:00.000Z', error: 'does not answer' },
      },
    },
  },
};

export const healthRoutes = (deps: HttpDeps): readonly Route[] => {
  const shared = { for: 'everybody', method: 'get', tag: 'Health', quiet: true, problems: [] } as const;
  return [
    {
      ...shared,
      path: '/health',
      operationId: 'health',
      summary: 'Is Ferry well?',
      answers,
      handle: () => report(deps),
    },
    {
      ...shared,
      path: '/health/ready',
      operationId: 'healthReady',
      summary: 'May traffic be sent here?',
      answers,
      handle: () => report(deps),
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
