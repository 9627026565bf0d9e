import { UsageList } from '../views.js';
import type { TenancyDeps } from '../deps.js';
import * as dto from '../dto.js';
import { readUsage, streamAudit } from '../reports.js';
import type { Line } from './line.js';

/** What was used and what was done in the caller's own tenant. */
export const reportLines = (deps: TenancyDeps): readonly Line[] => [
  {
    scope: 'usage:read',
    reach: 'tenant',
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
    reach: 'tenant',
    method: 'get',
    path: '/api/v1/audit',
    operationId: 'exportAudit',
    summary: 'Export the audit log as JSON Lines, oldest first',
    query: dto.ExportAuditQuery,
    description:
      'In the order of the chain, each line with what proves it. Continue behind the `sequence` of the last line.',
    answers: { 200: { description: 'One entry a line.', type: 'application/jsonl' } },
    problems: [],
    handle: (context, principal) => streamAudit(deps, context, principal),
  },
];
