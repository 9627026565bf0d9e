import { exportAudit, startOf, type Principal } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { invalidRequest } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { usageJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { ExportAuditQuery, ReadUsageQuery } from './dto.js';

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** `GET /api/v1/usage`. */
export async function readUsage(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { from, to } = readQuery(ReadUsageQuery, context.request.url);
  const days = (startOf(to).getTime() - startOf(from).getTime()) / DAY_MS + 1;
  if (days < 1 || days > DAYS_MAX)
    throw invalidRequest([{ field: 'to', rule: 'after', detail: `must be within ${DAYS_MAX} days from \`from\`` }]);
  return json(200, { data: (await deps.usage.read(principal.tenantId, from, to)).map(usageJson) });
}

/** `GET /api/v1/audit`: JSON Lines, oldest first, a page of it in memory at a time. */
export async function streamAudit(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { after } = readQuery(ExportAuditQuery, context.request.url);
  const lines = exportAudit(deps.auditLog, principal.tenantId, after);
  // The first page before the status: what cannot be read at all is refused as anything else is.
  const first = await lines.next();
  return { status: 200, type: 'application/jsonl; charset=utf-8', body: first.done ? '' : first.value, more: lines };
}
