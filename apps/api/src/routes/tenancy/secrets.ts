import type { AddSecretOutcome, Principal } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { secretJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { AddSecretBody, PageQuery } from './dto.js';
import { badField, idOf, occasionOf, overlapMs, PAGE, readBody } from './shared.js';

/** Every way in which a secret is not kept. The compiler holds this complete. */
const problems: Record<Exclude<AddSecretOutcome['outcome'], 'added'>, () => Problem> = {
  'bad-name': () => badField('name', 'characters', 'must be words of a-z, 0-9 and hyphens with slashes between'),
  'bad-secret': () => badField('value', 'length', 'is empty or too long'),
  'no-keys': () => new Problem('secrets-not-kept', 'This installation was given no key to seal secrets with.'),
};

/** `POST /api/v1/secrets`. */
export async function addSecret(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { name, value, overlap_hours: hours } = await readBody(AddSecretBody, context);
  const occasion = occasionOf(context, principal);
  const result = await deps.keepSecrets.add(principal.tenantId, name, value, overlapMs(hours), occasion);
  if (result.outcome !== 'added') throw problems[result.outcome]();
  return json(201, secretJson(result.secret));
}

/** `DELETE /api/v1/secrets/:id`. */
export async function removeSecret(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const id = idOf(context);
  const result = await deps.keepSecrets.remove(principal.tenantId, id, occasionOf(context, principal));
  if (result.outcome === 'missing')
    throw new Problem('secret-not-found', 'The tenant has no such secret that is valid.');
  return json(200, secretJson(result.secret));
}

/** `GET /api/v1/secrets`, oldest first. */
export async function listSecrets(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { limit = PAGE, cursor } = readQuery(PageQuery, context.request.url);
  const found = await deps.keepSecrets.list(principal.tenantId, Number(limit) + 1, cursor);
  const page = found.slice(0, Number(limit));
  return json(200, { data: page.map(secretJson), next_cursor: found.length > page.length ? page.at(-1)?.id : null });
}
