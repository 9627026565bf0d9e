import { bodyProblems } from '../../tenancy/shared.js';
import { empty, type Line } from '../../tenancy/lines/line.js';
import { ReceivedList, RejectedPage, RejectedView } from '../answers.js';
import type { WebhookDeps } from '../deps.js';
import { RejectedWebhooksQuery } from '../dto.js';
import { listRejected, readRejected, replayRejected } from '../rejected.js';

/** Webhooks that were genuine and could not be recorded: for the time in which the definition of their channel is mended. */
export const rejectedLines = (deps: WebhookDeps): readonly Line[] => [
  {
    scope: 'recorded-payments:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/rejected-webhooks',
    operationId: 'listRejectedWebhooks',
    summary: 'List rejected webhooks, newest first',
    query: RejectedWebhooksQuery,
    answers: { 200: { description: 'A page, without bodies.', body: RejectedPage } },
    problems: ['invalid-cursor'],
    handle: (context, principal) => listRejected(deps, context, principal),
  },
  {
    scope: 'recorded-payments:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/rejected-webhooks/:id',
    operationId: 'readRejectedWebhook',
    summary: 'Read a rejected webhook with its body',
    answers: { 200: { description: 'As it came.', body: RejectedView } },
    problems: ['rejected-webhook-not-found'],
    handle: (context, principal) => readRejected(deps, context, principal),
  },
  {
    scope: 'recorded-payments:write',
    reach: 'unit',
    method: 'post',
    path: '/api/v1/rejected-webhooks/:id/replay',
    operationId: 'replayRejectedWebhook',
    summary: 'Record what was rejected, by the channel as it is now',
    description: 'All of its payments or none. Twice is no error: a reference number is recorded once.',
    body: empty,
    answers: { 200: { description: 'What became of each payment.', body: ReceivedList } },
    problems: [...bodyProblems, 'rejected-webhook-not-found', 'channel-not-found', 'webhook-withheld'],
    handle: (context, principal) => replayRejected(deps, context, principal),
  },
];
