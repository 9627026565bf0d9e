import { linkFault, type AuditLink } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';
import type { AuditChain } from '../ports/audit-chain.js';

export interface AuditVerdict {
  readonly checked: number;
  /** What does not prove, in words. */
  readonly faults: readonly string[];
}

const PAGE = 1_000;

/** Walks a tenant's chain from its oldest link: every entry is as it was told, none is missing, none was slipped in. */
export async function verifyAudit(audit: AuditChain, tenantId: TenantId): Promise<AuditVerdict> {
  const faults: string[] = [];
  let before: AuditLink | undefined;
  let checked = 0;
  for (;;) {
    const page = await audit.readChain(tenantId, PAGE, before?.sequence);
    for (const { link, entry } of page) {
      const fault = linkFault(link, entry, before);
      if (fault) faults.push(`${tenantId} ${link.sequence}: ${fault}`);
      before = link;
    }
    checked += page.length;
    if (page.length < PAGE) break;
  }
  const unchainable = await audit.countUnchainable(tenantId);
  if (unchainable > 0) faults.push(`${tenantId}: ${unchainable} entries outside the chain`);
  return { checked, faults };
}
