import type { Route, TenantRoute } from '../../http/route.js';
import {
  ConfigView,
  KeyPage,
  KeyView,
  MadeKeyView,
  OnboardedView,
  TenantView,
  UnitList,
  UnitView,
  UsageList,
} from './answers.js';
import { putConfig, readConfig } from './config.js';
import type { TenancyDeps } from './deps.js';
import * as dto from './dto.js';
import { createKey, listKeys, revokeKey, rotateKey } from './keys.js';
import { readUsage, streamAudit } from './reports.js';
import { bodyProblems } from './shared.js';
import { changeStatus, createTenant, createUnit, listUnits, readTenant } from './tenants.js';

const empty = { dto: dto.NoBody, required: false, examples: { empty: {} } };
const keyExample = { name: 'checkout', scopes: ['payments:read', 'payments:write'], requests_per_minute: 600 };

type Line = Omit<TenantRoute, 'for' | 'tag'>;

/** Keys, business units, configuration, usage and audit log of the caller's own tenant. */
const ownLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'keys:admin',
    method: 'get',
    path: '/api/v1/keys',
    operationId: 'listKeys',
    summary: 'List API keys, newest first, without secrets',
    query: dto.ListKeysQuery,
    answers: { 200: { description: 'A page.', body: KeyPage } },
    problems: [],
    handle: (context, principal) => listKeys(deps, context, principal),
  },
  {
    scope: 'keys:admin',
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
  {
    scope: 'config:read',
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
    method: 'put',
    path: '/api/v1/config',
    operationId: 'putConfig',
    summary: 'Replace the configuration of the tenant',
    body: {
      dto: dto.PutConfigBody,
      required: true,
      // Whoever tries it is not to find itself limited.
      examples: { retention: { version: 0, config: { retention: { audit_days: 3_650 } } } },
    },
    answers: { 200: { description: 'Saved as the next version.', body: ConfigView } },
    problems: [...bodyProblems, 'version-conflict'],
    handle: (context, principal) => putConfig(deps, context, principal),
  },
  {
    scope: 'usage:read',
    method: 'get',
    path: '/api/v1/usage',
    operationId: 'readUsage',
    summary: 'Requests, payments and volume for each day',
    query: dto.ReadUsageQuery,
    answers: { 200: { description: 'Days with usage, in order.', body: UsageList } },
    problems: [],
    handle: (context, principal) => readUsage(deps, context, principal),
  },
  {
    scope: 'audit:read',
    method: 'get',
    path: '/api/v1/audit',
    operationId: 'exportAudit',
    summary: 'Export the audit log as JSON Lines, oldest first',
    query: dto.ExportAuditQuery,
    answers: { 200: { description: 'One entry a line.', type: 'application/jsonl' } },
    problems: [],
    handle: (context, principal) => streamAudit(deps, context, principal),
  },
];

/** For those who run Ferry. There is no list: the api's login cannot see one (ADR 0012); `ferry tenants list` can. */
const operatorLines = (deps: TenancyDeps): readonly Line[] => {
  const change = { method: 'post', body: empty, problems: [...bodyProblems, 'tenant-not-found'] } as const;
  const answers = { 200: { description: 'The tenant as it is now.', body: TenantView } };
  return [
    {
      scope: 'tenants:admin',
      method: 'post',
      path: '/api/v1/admin/tenants',
      operationId: 'createTenant',
      summary: 'Make a tenant with its sandbox twin and its first key',
      body: { dto: dto.CreateTenantBody, required: true, examples: { short: { id: 'shop', name: 'The Shop' } } },
      answers: { 201: { description: 'Made.', body: OnboardedView } },
      problems: [...bodyProblems, 'name-taken'],
      handle: (context, principal) => createTenant(deps, context, principal),
    },
    {
      scope: 'tenants:admin',
      method: 'get',
      path: '/api/v1/admin/tenants/:tenant',
      operationId: 'readTenant',
      summary: 'Read a tenant',
      answers,
      problems: ['tenant-not-found'],
      handle: (context) => readTenant(deps, context),
    },
    {
      ...change,
      scope: 'tenants:admin',
      path: '/api/v1/admin/tenants/:tenant/suspend',
      operationId: 'suspendTenant',
      summary: 'Suspend a tenant and its twin: they can read and cannot create',
      answers,
      handle: (context, principal) => changeStatus('SUSPENDED')(deps, context, principal),
    },
    {
      ...change,
      scope: 'tenants:admin',
      path: '/api/v1/admin/tenants/:tenant/resume',
      operationId: 'resumeTenant',
      summary: 'Take a suspension back',
      answers,
      handle: (context, principal) => changeStatus('ACTIVE')(deps, context, principal),
    },
  ];
};

export const tenancyRoutes = (deps: TenancyDeps): readonly Route[] =>
  [...ownLines(deps), ...operatorLines(deps)].map((line) => ({ ...line, for: 'tenant', tag: 'Tenancy' }));
