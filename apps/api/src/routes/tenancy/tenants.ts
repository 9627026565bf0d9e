import { isInReach, type Principal, type TenantStatus } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';
import { tenantJson, unitJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { CreateTenantBody, CreateUnitBody, NoBody } from './dto.js';
import { badField, occasionOf, readBody } from './shared.js';

const ID_LENGTH_MAX = 20;

const noTenant = (): Problem => new Problem('tenant-not-found', 'There is no such tenant.');
const badId = (): Problem => badField('id', 'characters', 'must be letters, digits and hyphens');
const badName = (): Problem => badField('name', 'characters', 'must not begin or end with a space');

/** What no tenant can be called is a tenant that there is not. */
function tenantIdOf(context: RequestContext): string {
  const id = context.param('tenant');
  if (id.length > ID_LENGTH_MAX || !/^[A-Za-z0-9-]+$/.test(id)) throw noTenant();
  return id;
}

/** `POST /api/v1/admin/tenants`. */
export async function createTenant(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { id, name } = await readBody(CreateTenantBody, context);
  const result = await deps.onboardTenant.execute(id, name, occasionOf(context, principal));
  switch (result.outcome) {
    case 'onboarded':
      return json(201, { tenant: tenantJson(result.tenant), secret_key: result.secretKey });
    case 'exists':
      throw new Problem('name-taken', `There is a tenant ${id} already.`);
    case 'bad-id':
      throw badId();
    case 'bad-name':
      throw badName();
  }
}

/** `GET /api/v1/admin/tenants/:tenant`. */
export async function readTenant(deps: TenancyDeps, context: RequestContext): Promise<Answer> {
  const [tenant] = await deps.tenants.find([tenantIdOf(context)]);
  if (!tenant) throw noTenant();
  return json(200, tenantJson(tenant));
}

/** `POST /api/v1/admin/tenants/:tenant/suspend` and `/resume`. */
export const changeStatus =
  (status: TenantStatus) =>
  async (deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> => {
    const id = tenantIdOf(context);
    await readBody(NoBody, context);
    const tenant = await deps.changeTenantStatus.execute(id, status, occasionOf(context, principal));
    if (!tenant) throw noTenant();
    return json(200, tenantJson(tenant));
  };

/** `GET /api/v1/business-units`: for somebody of one unit there is no other. */
export async function listUnits(deps: TenancyDeps, principal: Principal): Promise<Answer> {
  const units = await deps.tenants.units(principal.tenantId);
  const seen = units.filter(({ id }) => isInReach(principal, { businessUnitId: id }));
  return json(200, { data: seen.map(unitJson) });
}

/** `POST /api/v1/business-units`. */
export async function createUnit(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { id, name } = await readBody(CreateUnitBody, context);
  const result = await deps.addBusinessUnit.execute(principal.tenantId, id, name, occasionOf(context, principal));
  switch (result.outcome) {
    case 'added':
      return json(201, unitJson(result.unit));
    case 'exists':
      throw new Problem('name-taken', `There is a business unit ${id} already.`);
    case 'bad-id':
      throw badId();
    case 'bad-name':
      throw badName();
  }
}
