import type { Principal, PutUserOutcome, TenantUser } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { invalidRequest, Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { userJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { ListUsersQuery, PutUserBody } from './dto.js';
import { badField, occasionOf, PAGE, readBody, tooMuch } from './shared.js';

type Refused = Exclude<PutUserOutcome, { readonly user: TenantUser }>['outcome'];

/** Every way in which a person is not let in. The compiler holds this complete. */
const problems: Record<Refused, () => Problem> = {
  'bad-subject': () =>
    invalidRequest([
      { field: 'subject', rule: 'characters', detail: 'must have 1 to 255 characters that can be stored and shown' },
    ]),
  'no-unit': () => badField('business_unit_id', 'one-of', 'must be a business unit of the tenant'),
  'scope-not-held': () => tooMuch('a role that may do more than you'),
  'unit-not-held': () => tooMuch('more than your business unit'),
};

/** `PUT /api/v1/users/:subject`. */
export async function putUser(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { role, business_unit_id: given } = await readBody(PutUserBody, context);
  // Of a unit, one can let people into nothing but the unit.
  const unit = given ?? principal.businessUnitId;
  const occasion = occasionOf(context, principal);
  const subject = context.param('subject');
  const result = await deps.manageUsers.put(principal.tenantId, subject, role, principal, occasion, unit);
  if (!('user' in result)) throw problems[result.outcome]();
  return json(result.outcome === 'let-in' ? 201 : 200, userJson(result.user));
}

/** `DELETE /api/v1/users/:subject`. */
export async function letOut(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const occasion = occasionOf(context, principal);
  const result = await deps.manageUsers.remove(principal.tenantId, context.param('subject'), occasion);
  if (result.outcome === 'missing') throw new Problem('user-not-found', 'The tenant has let in no such person.');
  return json(200, userJson(result.user));
}

/** `GET /api/v1/users`. */
export async function listUsers(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { limit = PAGE, cursor } = readQuery(ListUsersQuery, context.request.url);
  const found = await deps.users.list(principal.tenantId, Number(limit) + 1, cursor);
  const page = found.slice(0, Number(limit));
  const next = found.length > page.length ? page.at(-1)?.subject : null;
  return json(200, { data: page.map(userJson), next_cursor: next });
}
