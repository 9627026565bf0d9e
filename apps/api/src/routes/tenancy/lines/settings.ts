import { ConfigView, UnitList, UnitView } from '../views.js';
import { putConfig, readConfig } from '../config.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { bodyProblems } from '../shared.js';
import { createUnit, listUnits } from '../tenants.js';
import type { Line } from './line.js';

/** Business units and configuration of the caller's own tenant. */
export const settingLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'config:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/business-units',
    operationId: 'listBusinessUnits',
    summary: 'List business units',
    answers: { 200: { description: 'All of them.', body: UnitList } },
    problems: [],
    handle: (_context, principal) => listUnits(deps, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'post',
    path: '/api/v1/business-units',
    operationId: 'createBusinessUnit',
    summary: 'Add a business unit',
    body: { dto: dto.CreateUnitBody, required: true, examples: { short: { id: 'north', name: 'North' } } },
    answers: { 201: { description: 'Added.', body: UnitView } },
    problems: [...bodyProblems, 'name-taken'],
    handle: (context, principal) => createUnit(deps, context, principal),
  },
  {
    scope: 'config:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/config',
    operationId: 'readConfig',
    summary: 'Read the configuration of the tenant, without secrets',
    answers: { 200: { description: 'The newest version.', body: ConfigView } },
    problems: [],
    handle: (_context, principal) => readConfig(deps, principal),
  },
  {
    scope: 'config:write',
    reach: 'tenant',
    method: 'put',
    path: '/api/v1/config',
    operationId: 'putConfig',
    summary: 'Replace the configuration of the tenant',
    body: {
      dto: dto.PutConfigBody,
      required: true,
      examples: { retention: { version: 0, config: { retention: { audit_days: 3_650 } } } },
    },
    answers: { 200: { description: 'Saved as the next version.', body: ConfigView } },
    problems: [...bodyProblems, 'version-conflict'],
    handle: (context, principal) => putConfig(deps, context, principal),
  },
];
