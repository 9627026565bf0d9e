import { linkFault, type AuditLink } from '../domain/audit.js';
import type { TenantId } from '../domain/tenant.js';
import type { AuditChain } from '../ports/audit-chain.js';

export interface AuditVerdict {
  readonly checked: number;
  /** What does not prove, in words. */
  readonly faults: readonly string[];
  /** The end of the chain. Whoever keeps its hash elsewhere would notice if all of the chain were written anew. */
  readonly last?: AuditLink | undefined;
}

const PAGE = 1_000;

/** Walks a tenant's chain from its oldest link: every entry is as it was told, none is missing, none was slipped in. */
export async function verifyAudit(
  audit: Pick<AuditChain, 'readChain' | 'countUnchainable'>,
  tenantId: TenantId,
): Promise<AuditVerdict> {
  const faults: string[] = [];
  let last: AuditLink | undefined;
  let checked = 0;
  for (;;) {
    const page = await audit.readChain(tenantId, PAGE, last?.sequence);
    for (const { link, entry } of page) {
      const fault = linkFault(link, entry, last);
      if (fault) faults.push(`${tenantId} ${link.sequence}: ${fault}`);
      last = link;
    }
    checked += page.length;
    if (page.length < PAGE) break;
  }
  const unchainable = await audit.countUnchainable(tenantId);
  if (unchainable > 0) faults.push(`${tenantId}: ${unchainable} entries outside the chain`);
  return { checked, faults, last };
}
