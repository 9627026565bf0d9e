import { OnboardedView, TenantView } from '../views.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { bodyProblems } from '../shared.js';
import { changeStatus, createTenant, readTenant } from '../tenants.js';
import { empty, type Line } from './line.js';

/** For those who run Ferry, on a listener of their own; `route-not-found` is what the other one answers. There is no list: the api's login cannot see one (ADR 0012); `ferry tenants list` can. */
export const operatorLines = (deps: TenancyDeps): readonly Line[] => {
  const change = {
    method: 'post',
    body: empty,
    problems: [...bodyProblems, 'tenant-not-found', 'route-not-found'],
  } as const;
  const answers = { 200: { description: 'The tenant as it is now.', body: TenantView } };
  return [
    {
      scope: 'tenants:admin',
      reach: 'tenant',
      method: 'post',
      path: '/api/v1/admin/tenants',
      operationId: 'createTenant',
      summary: 'Make a tenant with its sandbox twin and its first key',
      body: { dto: dto.CreateTenantBody, required: true, examples: { short: { id: 'shop', name: 'The Shop' } } },
      answers: { 201: { description: 'Made.', body: OnboardedView } },
      problems: [...bodyProblems, 'name-taken', 'route-not-found'],
      handle: (context, principal) => createTenant(deps, context, principal),
    },
    {
      scope: 'tenants:admin',
      reach: 'tenant',
      method: 'get',
      path: '/api/v1/admin/tenants/:tenant',
      operationId: 'readTenant',
      summary: 'Read a tenant',
      answers,
      problems: ['tenant-not-found', 'route-not-found'],
      handle: (context) => readTenant(deps, context),
    },
    {
      ...change,
      scope: 'tenants:admin',
      reach: 'tenant',
      path: '/api/v1/admin/tenants/:tenant/suspend',
      operationId: 'suspendTenant',
      summary: 'Suspend a tenant and its twin: they can read and cannot create',
      answers,
      handle: (context, principal) => changeStatus('SUSPENDED')(deps, context, principal),
    },
    {
      ...change,
      scope: 'tenants:admin',
      reach: 'tenant',
      path: '/api/v1/admin/tenants/:tenant/resume',
      operationId: 'resumeTenant',
      summary: 'Take a suspension back',
      answers,
      handle: (context, principal) => changeStatus('ACTIVE')(deps, context, principal),
    },
  ];
};
