import { KeyPage, KeyView, MadeKeyView } from '../views.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { createKey, listKeys, revokeKey, rotateKey } from '../keys.js';
import { bodyProblems } from '../shared.js';
import { empty, type Line } from './line.js';

const keyExample = { name: 'checkout', scopes: ['payments:read', 'payments:write'], requests_per_minute: 600 };

/** The API keys of the caller's own tenant. */
export const keyLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'keys:admin',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/keys',
    operationId: 'listKeys',
    summary: 'List API keys, newest first, without secrets',
    query: dto.PageQuery,
    answers: { 200: { description: 'A page.', body: KeyPage } },
    problems: [],
    handle: (context, principal) => listKeys(deps, context, principal),
  },
  {
    scope: 'keys:admin',
    reach: 'unit',
    method: 'post',
    path: '/api/v1/keys',
    operationId: 'createKey',
    summary: 'Make an API key',
    description: 'The whole key is in this answer and nowhere else. Nobody gives away what they do not have.',
    body: { dto: dto.CreateKeyBody, required: true, examples: { short: keyExample } },
    answers: { 201: { description: 'Made.', body: MadeKeyView } },
    problems: [...bodyProblems, 'grant-exceeded', 'tenant-not-found'],
    handle: (context, principal) => createKey(deps, context, principal),
  },
  {
    scope: 'keys:admin',
    reach: 'unit',
    method: 'post',
    path: '/api/v1/keys/:id/rotate',
    operationId: 'rotateKey',
    summary: 'Make a key that takes the place of this one',
    description: 'Both are valid until the overlap ends.',
    body: { dto: dto.RotateKeyBody, required: false, examples: { day: { overlap_hours: 24 } } },
    answers: { 201: { description: 'The new key.', body: MadeKeyView } },
    problems: [...bodyProblems, 'key-not-found', 'key-not-rotatable', 'grant-exceeded'],
    handle: (context, principal) => rotateKey(deps, context, principal),
  },
  {
    scope: 'keys:admin',
    reach: 'unit',
    method: 'post',
    path: '/api/v1/keys/:id/revoke',
    operationId: 'revokeKey',
    summary: 'Revoke a key: it is refused everywhere within a second',
    description: 'Revoking twice is no error.',
    body: empty,
    answers: { 200: { description: 'Revoked.', body: KeyView } },
    problems: [...bodyProblems, 'key-not-found'],
    handle: (context, principal) => revokeKey(deps, context, principal),
  },
];
