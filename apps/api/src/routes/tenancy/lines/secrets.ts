import { SecretPage, SecretView } from '../views.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { addSecret, listSecrets, removeSecret } from '../secrets.js';
import { bodyProblems } from '../shared.js';
import type { Line } from './line.js';

/** Secrets that Ferry shares with somebody else of the caller's own tenant. They go in and never come out. */
export const secretLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'config:read',
    reach: 'tenant',
    method: 'get',
    path: '/api/v1/secrets',
    operationId: 'listSecrets',
    summary: 'List secrets that are valid: their names and times',
    query: dto.PageQuery,
    answers: { 200: { description: 'A page, oldest first.', body: SecretPage } },
    problems: [],
    handle: (context, principal) => listSecrets(deps, context, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'post',
    path: '/api/v1/secrets',
    operationId: 'addSecret',
    summary: 'Keep a secret under a name, in the place of those before it',
    description: 'Those of the same name stay valid until the overlap ends. No answer ever has the value.',
    body: {
      dto: dto.AddSecretBody,
      required: true,
      examples: { webhook: { name: 'webhook/orders', value: 'whsec_C2FVsBQIhrscChlQIMV', overlap_hours: 24 } },
    },
    answers: { 201: { description: 'Kept, sealed.', body: SecretView } },
    problems: [...bodyProblems, 'secrets-not-kept'],
    handle: (context, principal) => addSecret(deps, context, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'delete',
    path: '/api/v1/secrets/:id',
    operationId: 'removeSecret',
    summary: 'End a secret at once and forget what it was',
    answers: { 200: { description: 'Ended.', body: SecretView } },
    problems: ['secret-not-found'],
    handle: (context, principal) => removeSecret(deps, context, principal),
  },
];
