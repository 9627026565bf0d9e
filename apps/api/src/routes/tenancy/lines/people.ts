import { UserPage, UserView } from '../views.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { bodyProblems } from '../shared.js';
import { changeUser, letIn, letOut, listUsers } from '../users.js';
import type { Line } from './line.js';

/** The people whom the caller's own tenant lets in. */
export const peopleLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'users:admin',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/users',
    operationId: 'listUsers',
    summary: 'List the people whom the tenant lets in, and those whom it has let out',
    query: dto.ListUsersQuery,
    answers: { 200: { description: 'A page, in the order of subjects.', body: UserPage } },
    problems: ['invalid-cursor'],
    handle: (context, principal) => listUsers(deps, context, principal),
  },
  {
    scope: 'users:admin',
    reach: 'unit',
    method: 'post',
    path: '/api/v1/users',
    operationId: 'letInUser',
    summary: 'Let a person in',
    description: 'Nobody gives a role that may do more than they may themselves.',
    body: { dto: dto.LetInUserBody, required: true, examples: { viewer: { subject: 'ada', role: 'viewer' } } },
    answers: { 201: { description: 'Let in.', body: UserView } },
    problems: [...bodyProblems, 'grant-exceeded', 'name-taken'],
    handle: (context, principal) => letIn(deps, context, principal),
  },
  {
    scope: 'users:admin',
    reach: 'unit',
    method: 'put',
    path: '/api/v1/users/:subject',
    operationId: 'changeUser',
    summary: 'Give a person who is let in another role, or another business unit',
    body: { dto: dto.ChangeUserBody, required: true, examples: { operator: { role: 'operator' } } },
    answers: { 200: { description: 'Holds from their next request on.', body: UserView } },
    problems: [...bodyProblems, 'grant-exceeded', 'user-not-found'],
    handle: (context, principal) => changeUser(deps, context, principal),
  },
  {
    scope: 'users:admin',
    reach: 'unit',
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
