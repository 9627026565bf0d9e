import { UserPage, UserView } from '../answers.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { bodyProblems } from '../shared.js';
import { letOut, listUsers, putUser } from '../users.js';
import type { Line } from './line.js';

/** The people whom the caller's own tenant lets in. */
export const peopleLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'users:admin',
    method: 'get',
    path: '/api/v1/users',
    operationId: 'listUsers',
    summary: 'List the people whom the tenant lets in, and those whom it has let out',
    query: dto.ListUsersQuery,
    answers: { 200: { description: 'A page, in the order of subjects.', body: UserPage } },
    problems: [],
    handle: (context, principal) => listUsers(deps, context, principal),
  },
  {
    scope: 'users:admin',
    method: 'put',
    path: '/api/v1/users/:subject',
    operationId: 'putUser',
    summary: 'Let a person in, or change what they may do',
    description:
      '`subject` is the `sub` of their tokens. Nobody gives a role that may do more than they may themselves.',
    body: { dto: dto.PutUserBody, required: true, examples: { viewer: { role: 'viewer' } } },
    answers: {
      200: { description: 'Was let in already, and has this role now.', body: UserView },
      201: { description: 'Let in.', body: UserView },
    },
    problems: [...bodyProblems, 'grant-exceeded'],
    handle: (context, principal) => putUser(deps, context, principal),
  },
  {
    scope: 'users:admin',
    method: 'delete',
    path: '/api/v1/users/:subject',
    operationId: 'letOutUser',
    summary: 'Let a person out: they are refused from their next request on',
    description: 'Doing it twice is no error.',
    answers: { 200: { description: 'Let out.', body: UserView } },
    problems: ['user-not-found'],
    handle: (context, principal) => letOut(deps, context, principal),
  },
];
