import type { Request, RequestHandler, Response } from 'express';
import { errorFields } from '@ferry/kernel';
import { assertMay, assertReaches } from '../access/authorise.js';
import { assertWithin, rateHeaders } from '../access/rates.js';
import type { HttpDeps } from '../deps.js';
import { refuseCardNumbersAround } from './card-numbers.js';
import { send, stream, type Answer } from './answer.js';
import { refuseDoubtful } from './framing.js';
import { beginOn, endOn, refuseFloods } from './in-flight.js';
import { internalError, Problem, problemAnswer, problemOf } from './problem.js';
import { RequestContext } from './request-context.js';
import type { Route } from './route.js';
import { readQuery } from './query.js';
import { apiHeaders } from './security-headers.js';

/** What is served: a route of the table, or the refusal of what no route wants. */
export interface Served {
  /** The path as the table has it; never the URL, of which there are endlessly many. */
  readonly name: string;
  readonly quiet?: boolean | undefined;
  answer(context: RequestContext): Promise<Answer>;
}

/** The answer to a route's request: who asks and whether they may, Accept and query are checked before the handler. */
export const servedRoute = (route: Route, deps: HttpDeps): Served => ({
  name: route.path,
  quiet: route.quiet,
  async answer(context) {
    const { request } = context;
    if (route.for !== 'tenant') {
      refuseCardNumbersAround(request, request.params);
      return route.handle(context);
    }
    const principal = await deps.principalOf(request);
    context.principal = principal;
    assertMay(principal, route.scope);
    assertReaches(principal, route.reach);
    context.standings = (await deps.admit?.(principal, route.spends)) ?? [];
    assertWithin(context.standings);
    refuseUnwillingReaders(request, typesOf(route));
    refuseCardNumbersAround(request, request.params);
    if (route.query === undefined) readQuery(Nothing, request.url);
    return route.handle(context, principal);
  },
});

class Nothing {}

/** In what forms a route answers when it does what was asked. */
function typesOf({ answers }: Route): readonly string[] {
  const types = Object.values(answers).flatMap(({ type = [] }) => type);
  return types.length > 0 ? types : ['application/json'];
}

function refuseUnwillingReaders(request: Request, types: readonly string[]): void {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*' || types.includes(accept)) return;
  // Whoever takes JSON can read a refusal, and knows by the path what else comes.
  if (!request.accepts([...types, 'application/json']))
    throw new Problem('not-acceptable', `This route answers ${types.join(', ')} only.`);
}

/** Express's handler of one served thing: answers exactly once, whatever happens, then writes the access line. */
export function serve(served: Served, deps: HttpDeps): RequestHandler {
  return (request, response) => {
    const started = performance.now();
    const context = new RequestContext(request, response, deps.closing);
    const work = (traceparent: string): Promise<number> => {
      context.traceparent = traceparent;
      return deps.withOrigin(context.origin, () => respond(served, deps, context, response, started));
    };
    if (!deps.span) void work(context.ownTraceparent());
    else void deps.span({ method: request.method, route: served.name, parent: context.parent }, work);
  };
}

/** Never rejects: the HTTP status that was answered. Logs after answering, so that no log can keep a client waiting. */
async function respond(
  served: Served,
  deps: HttpDeps,
  context: RequestContext,
  response: Response,
  started: number,
): Promise<number> {
  let answer: Answer;
  let trouble: (() => void) | undefined;
  const { socket } = context.request;
  beginOn(socket);
  try {
    refuseDoubtful(context.request);
    refuseFloods(socket);
    answer = await served.answer(context);
  } catch (error) {
    const problem = problemOf(error);
    answer = problemAnswer(problem ?? internalError, context.requestId, context.traceparent);
    if (answer.status >= 500) trouble = () => logTrouble(error, problem, served, context, deps);
  }
  const { more } = answer;
  const common = commonHeaders(context, deps.closing);
  if (more === undefined) send(response, answer, common);
  else
    await stream(response, { ...answer, more }, common).catch((error: unknown) =>
      deps.logger.warn('an answer was cut off', { ...whose(context), route: served.name, ...errorFields(error) }),
    );
  endOn(socket);
  trouble?.();
  account(served, deps, context, answer.status, performance.now() - started);
  return answer.status;
}

function logTrouble(
  thrown: unknown,
  problem: Problem | undefined,
  served: Served,
  context: RequestContext,
  { logger }: HttpDeps,
): void {
  const error = thrown instanceof Error ? thrown : new Error('what was thrown is no Error', { cause: thrown });
  const fields = { ...whose(context), route: served.name, ...errorFields(error) };
  if (problem) logger.warn('request refused for now', fields);
  else logger.error('request failed', { ...fields, stack: error.stack });
}

function commonHeaders({ correlationId, standings }: RequestContext, closing: AbortSignal): Record<string, string> {
  const headers: Record<string, string> = {
    ...apiHeaders,
    'X-Correlation-Id': correlationId,
    ...rateHeaders(standings),
  };
  if (closing.aborted) headers['Connection'] = 'close';
  return headers;
}

function account(served: Served, deps: HttpDeps, context: RequestContext, status: number, ms: number): void {
  const { method } = context.request;
  const { name: route } = served;
  deps.meter.observe('http_request_seconds', ms / 1000, { method, route, status: String(status) });
  const fields = { method, route, status, ms: Math.round(ms * 10) / 10, ...whose(context) };
  if (served.quiet) deps.logger.debug('request', fields);
  else deps.logger.info('request', fields);
}

/** For the log: which request this is, and on whose behalf, once that is known. */
const whose = ({ requestId, principal, provenTenantId }: RequestContext) => ({
  request_id: requestId,
  tenant_id: principal?.tenantId ?? provenTenantId,
  principal: principal?.id,
});
