import { verifyAudit } from '@ferry/tenancy';
import type { Database } from '../database.js';
import type { InvariantResult } from '../invariant-result.js';
import { PostgresAuditChain } from './postgres-audit-chain.js';

/** Examples printed for a rule. */
const EXAMPLES_MAX = 5;

export async function verifyTenancy(
  app: Database,
  sweeper: Database,
  tenantIds: readonly string[],
  progress: (done: string) => void,
): Promise<readonly InvariantResult[]> {
  const consistent = await tenantsConsistent(sweeper);
  progress(consistent.name);
  const proven = await auditProven(new PostgresAuditChain(app), tenantIds);
  progress(proven.name);
  return [consistent, proven];
}

/** Over all tenants at once, because a twin is another tenant. */
async function tenantsConsistent(sweeper: Database): Promise<InvariantResult> {
  const rows = await sweeper.transaction((session) =>
    session.rows<{ id: string; broken: boolean }>({
      text: `select coalesce(h.tenant_id, t.tenant_id) as id,
          h.tenant_id is null or t.tenant_id is null
            or (t.twin_id is not null and (w.twin_id is distinct from t.tenant_id or w.mode = t.mode))
            or (t.mode = 'test' and t.twin_id is null) as broken
        from tenancy.tenant_home h full join tenancy.tenants t on t.tenant_id = h.tenant_id
        left join tenancy.tenants w on w.tenant_id = t.twin_id order by 1`,
    }),
  );
  const broken = rows.filter((row) => row.broken).map(({ id }) => id);
  return {
    name: 'tenants-consistent',
    meaning: 'every tenant has its home and its row, and a twin of the other mode whose twin it is',
    checked: rows.length,
    broken: broken.length,
    examples: broken.slice(0, EXAMPLES_MAX),
  };
}

async function auditProven(chain: PostgresAuditChain, tenantIds: readonly string[]): Promise<InvariantResult> {
  let checked = 0;
  const faults: string[] = [];
  for (const tenantId of tenantIds) {
    const verdict = await verifyAudit(chain, tenantId);
    checked += verdict.checked;
    faults.push(...verdict.faults);
  }
  return {
    name: 'audit-proven',
    meaning: 'every entry of the audit log is as it was told, in its place in the chain of its tenant',
    checked,
    broken: faults.length,
    examples: faults.slice(0, EXAMPLES_MAX),
  };
}
