import { chain } from '../domain/audit.js';
import type { AuditChain, UnchainedTenants } from '../ports/audit-chain.js';
import { eachAlone } from './each-alone.js';

const TENANTS_MAX = 100;
const ENTRIES_MAX = 500;

/** Gives audit entries their place in their tenant's chain, after the fact: nothing that is told waits for a hash. */
export class ChainAudit {
  constructor(
    private readonly unchained: UnchainedTenants,
    private readonly audit: Pick<AuditChain, 'extendChain'>,
  ) {}

  /** One bounded round. */
  async run(): Promise<{ readonly chained: number; readonly more: boolean }> {
    const tenants = await this.unchained.tenantsUnchained(TENANTS_MAX);
    let [chained, full] = [0, tenants.length === TENANTS_MAX];
    await eachAlone(tenants, async (tenantId) => {
      const count = await this.audit.extendChain(tenantId, ENTRIES_MAX, chain);
      chained += count;
      full ||= count === ENTRIES_MAX;
    });
    return { chained, more: full && chained > 0 };
  }
}
