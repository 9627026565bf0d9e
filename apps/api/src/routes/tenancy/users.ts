import { hash } from 'node:crypto';
import type { Principal, UserGrant, UserGrantFault } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { invalidRequest, Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { userJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { ChangeUserBody, LetInUserBody, ListUsersQuery } from './dto.js';
import { badField, occasionOf, PAGE, readBody, tooMuch } from './shared.js';

const noUser = (): Problem => new Problem('user-not-found', 'The tenant has let in no such person.');
const characters = 'must have 1 to 255 characters that can be stored and shown';

/** Every way in which a person is not let in, or not changed. The compiler holds this complete. */
const problems: Record<UserGrantFault | 'is-in' | 'missing', () => Problem> = {
  'bad-subject': () => invalidRequest([{ field: 'subject', rule: 'characters', detail: characters }]),
  'no-unit': () => badField('business_unit_id', 'one-of', 'must be a business unit of the tenant'),
  'scope-not-held': () => tooMuch('a role that may do more than you'),
  'unit-not-held': () => tooMuch('more than your business unit'),
  'is-in': () => new Problem('name-taken', 'The person is let in already.'),
  missing: noUser,
};

/** Of a unit, one can let people into nothing but the unit. */
const grantOf = (
  subject: string,
  { role, business_unit_id: unit }: ChangeUserBody,
  principal: Principal,
): UserGrant => ({
  subject,
  role,
  businessUnitId: unit ?? principal.businessUnitId,
});

/** `POST /api/v1/users`. */
export async function letIn(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const body = await readBody(LetInUserBody, context);
  const grant = grantOf(body.subject, body, principal);
  const occasion = occasionOf(context, principal);
  const result = await deps.manageUsers.letIn(principal.tenantId, grant, principal, occasion);
  if (!('user' in result)) throw problems[result.outcome]();
  return json(201, userJson(result.user));
}

/** `PUT /api/v1/users/:subject`. */
export async function changeUser(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const grant = grantOf(context.param('subject'), await readBody(ChangeUserBody, context), principal);
  const occasion = occasionOf(context, principal);
  const result = await deps.manageUsers.change(principal.tenantId, grant, principal, occasion);
  if (!('user' in result)) throw problems[result.outcome]();
  return json(200, userJson(result.user));
}

/** `DELETE /api/v1/users/:subject`. */
export async function letOut(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const occasion = occasionOf(context, principal);
  const result = await deps.manageUsers.remove(principal.tenantId, context.param('subject'), principal, occasion);
  if (result.outcome === 'missing') throw noUser();
  return json(200, userJson(result.user));
}

/** `GET /api/v1/users`. */
export async function listUsers(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { limit = PAGE, cursor } = readQuery(ListUsersQuery, context.request.url);
  const { tenantId, businessUnitId } = principal;
  const after = cursor === undefined ? undefined : subjectOf(cursor, principal);
  const found = await deps.users.list(tenantId, Number(limit) + 1, after, businessUnitId);
  const page = found.slice(0, Number(limit));
  const last = found.length > page.length ? page.at(-1) : undefined;
  return json(200, { data: page.map(userJson), next_cursor: last ? cursorAfter(last.subject, principal) : null });
}

/** Only mistakes are to be found: whoever forges one sees no more than their own list. */
const digestOf = (subject: string, { tenantId, businessUnitId }: Principal): string =>
  hash('sha256', JSON.stringify([tenantId, subject, businessUnitId]), 'hex').slice(0, 24);

/** Opaque, and of this list: it is not continued behind the name of somebody else's person. */
const cursorAfter = (subject: string, principal: Principal): string =>
  Buffer.from(`${digestOf(subject, principal)}.${subject}`).toString('base64url');

function subjectOf(cursor: string, principal: Principal): string {
  const [digest, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('.');
  const subject = rest.join('.');
  if (digest === digestOf(subject, principal)) return subject;
  throw new Problem('invalid-cursor', 'The cursor was not made for this list.');
}
