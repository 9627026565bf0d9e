import { auditLine } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';
import type { AuditLog } from '../ports/audit-log.js';

const PAGE = 500;

/** The tenant's audit log as JSON Lines, oldest first, a page of it in memory at a time. */
export async function* exportAudit(log: AuditLog, tenantId: TenantId, after?: string): AsyncGenerator<string> {
  for (;;) {
    const page = await log.read(tenantId, PAGE, after);
    for (const entry of page) yield `${auditLine(entry)}\n`;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}
