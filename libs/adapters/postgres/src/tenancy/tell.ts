import { isoTime } from '@ferry/kernel';
import type { AuditEntry } from '@ferry/tenancy';
import type { Session } from '../session.js';

/** In the transaction of what is told. Joined with the tenant's home, so that on Citus one node does it; see citus-notes section 4. */
export async function tell(session: Session, tenantId: string, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  if (entries.some((entry) => entry.tenantId !== tenantId)) throw new Error(`rule broken: ${tenantId} tells of itself`);
  const ids = entries.map(({ id }) => id);
  const told = session.query({
    name: 'audit-tell',
    text: `insert into tenancy.tenant_audit_log
        (tenant_id, id, at, actor_kind, actor_id, action, subject, before_value, after_value, address, request_id)
      select h.tenant_id, u.* from tenancy.tenant_home h, unnest($2::uuid[], $3::timestamptz[], $4::varchar[], $5::varchar[],
        $6::varchar[], $7::varchar[], $8::text[], $9::text[], $10::varchar[], $11::varchar[]) u
      where h.tenant_id = $1 returning id`,
    values: [
      tenantId,
      ids,
      entries.map(({ at }) => isoTime(at)),
      entries.map(({ actor }) => actor.kind),
      entries.map(({ actor }) => actor.id),
      entries.map(({ action }) => action),
      entries.map(({ subject }) => subject),
      entries.map(({ before }) => before),
      entries.map(({ after }) => after),
      entries.map(({ address }) => address),
      entries.map(({ requestId }) => requestId),
    ],
  });
  session.send({
    name: 'audit-pending',
    text: `insert into tenancy.tenant_audit_pending (tenant_id, audit_id)
      select h.tenant_id, u.* from tenancy.tenant_home h, unnest($2::uuid[]) u where h.tenant_id = $1 returning audit_id`,
    values: [tenantId, ids],
  });
  // An entry that goes nowhere must take with it what it tells of.
  if ((await told).rowCount !== entries.length) throw new Error(`unknown tenant ${tenantId}`);
}
