import { daysBetween, exportAudit, USAGE_DAYS_MAX, type Principal } from '@ferry/tenancy';
import { json, streamed, type Answer } from '../../http/answer.js';
import { invalidRequest } from '../../http/problem.js';
import { readQuery } from '../../http/query.js';
import type { RequestContext } from '../../http/request-context.js';
import { timeOf } from '../payments/time.js';
import { usageJson } from './answers.js';
import type { TenancyDeps } from './deps.js';
import { ExportAuditQuery, ReadUsageQuery } from './dto.js';

/** `GET /api/v1/usage`. */
export async function readUsage(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { from, to } = readQuery(ReadUsageQuery, context.request.url);
  const days = daysBetween(from, to);
  if (days < 1 || days > USAGE_DAYS_MAX)
    throw invalidRequest([
      { field: 'to', rule: 'after', detail: `must be within ${USAGE_DAYS_MAX} days from \`from\`` },
    ]);
  return json(200, { data: (await deps.usage.read(principal.tenantId, from, to)).map(usageJson) });
}

/** `GET /api/v1/audit`: JSON Lines in the order of the chain, a page of it in memory at a time. */
export async function streamAudit(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { after = '0', since, until } = readQuery(ExportAuditQuery, context.request.url);
  const time = (text: string | undefined): Date | undefined => (text === undefined ? undefined : timeOf(text));
  const range = { after: Number(after), since: time(since), until: time(until) };
  return streamed('application/jsonl; charset=utf-8', exportAudit(deps.auditChain, principal.tenantId, range));
}
