import type { CreateKeyOutcome, ManageKeys, Principal } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { timeOf } from '../payments/time.js';
import { keyJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { CreateKeyBody, NoBody, PageQuery, RotateKeyBody } from './dto.js';
import { badField, idOf, occasionOf, overlapMs, PAGE, readBody, tooMuch } from './shared.js';

type Refused = Exclude<(CreateKeyOutcome | Awaited<ReturnType<ManageKeys['rotate']>>)['outcome'], 'made'>;

const noKey = (): Problem => new Problem('key-not-found', 'The tenant has no such key.');

/** Every way in which a key is not made. The compiler holds this complete. */
const problems: Record<Refused, () => Problem> = {
  missing: noKey,
  'not-valid': () => new Problem('key-not-rotatable', 'The key is revoked or has expired.'),
  'rotated-before': () => new Problem('key-not-rotatable', 'Another key has taken its place already.'),
  'scope-not-held': () => tooMuch('a scope that you do not have'),
  'unit-not-held': () => tooMuch('more than your business unit'),
  'live-key-from-test': () => tooMuch('a live key: yours is a test key'),
  'no-tenant': () => new Problem('tenant-not-found', 'There is no such tenant.'),
  'no-twin': () => badField('mode', 'one-of', 'the tenant has no sandbox twin'),
  'no-unit': () => badField('business_unit_id', 'one-of', 'must be a business unit of the tenant'),
  'bad-name': () => badField('name', 'characters', 'must not begin or end with a space'),
  'no-scopes': () => badField('scopes', 'list', 'must name at least one scope'),
  expired: () => badField('expires_at', 'after', 'must be in the future'),
  'bad-range': () => badField('allowed_ranges', 'list', 'must be addresses or CIDR ranges'),
  'bad-rate': () => badField('requests_per_minute', 'integer', 'is out of bounds'),
};

/** `POST /api/v1/keys`. */
export async function createKey(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const body = await readBody(CreateKeyBody, context);
  const request = {
    mode: body.mode ?? principal.mode,
    name: body.name,
    scopes: [...new Set(body.scopes)],
    // Of a unit, one can give away nothing but the unit.
    businessUnitId: body.business_unit_id ?? principal.businessUnitId,
    expiresAt: body.expires_at === undefined ? undefined : timeOf(body.expires_at),
    allowedRanges: body.allowed_ranges ?? [],
    requestsPerMinute: body.requests_per_minute && Number(body.requests_per_minute.text),
  };
  const occasion = occasionOf(context, principal);
  return madeOf(await deps.manageKeys.create(principal.tenantId, request, principal, occasion), 201);
}

/** `POST /api/v1/keys/:id/rotate`. */
export async function rotateKey(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const id = idOf(context);
  const { overlap_hours: hours } = await readBody(RotateKeyBody, context);
  const occasion = occasionOf(context, principal);
  return madeOf(await deps.manageKeys.rotate(principal.tenantId, id, overlapMs(hours), principal, occasion), 201);
}

function madeOf(result: CreateKeyOutcome | Awaited<ReturnType<ManageKeys['rotate']>>, status: number): Answer {
  if (result.outcome !== 'made') throw problems[result.outcome]();
  return json(status, { key: keyJson(result.key), secret_key: result.secretKey });
}

/** `POST /api/v1/keys/:id/revoke`. */
export async function revokeKey(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const id = idOf(context);
  await readBody(NoBody, context);
  const result = await deps.manageKeys.revoke(principal.tenantId, id, principal, occasionOf(context, principal));
  if (result.outcome === 'missing') throw noKey();
  return json(200, { key: keyJson(result.key) });
}

/** `GET /api/v1/keys`, newest first. */
export async function listKeys(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { limit = PAGE, cursor } = readQuery(PageQuery, context.request.url);
  const found = await deps.keys.list(principal.tenantId, Number(limit) + 1, cursor, principal.businessUnitId);
  const page = found.slice(0, Number(limit));
  return json(200, { data: page.map(keyJson), next_cursor: found.length > page.length ? page.at(-1)?.id : null });
}
