import type { Addition } from '@ferry/payments';
import type { Session } from './session.js';

export const referenceOf = ({ change }: Addition): string => change.payment.state.reference;

/** Answers the references that are ours now; the others name another payment. Insert them sorted. */
export async function insertReferences(
  session: Session,
  tenantId: string,
  open: readonly { addition: Addition }[],
): Promise<Set<string>> {
  if (open.length === 0) return new Set();
  const rows = await session.rows<{ reference: string }>({
    name: 'add-references',
    text: `insert into payments.payment_references (tenant_id, reference, payment_id)
      select h.tenant_id, u.* from tenancy.tenant_home h, unnest($2::varchar[], $3::uuid[]) u
      where h.tenant_id = $1
      on conflict (tenant_id, reference) do nothing
      returning reference`,
    values: [
      tenantId,
      open.map(({ addition }) => referenceOf(addition)),
      open.map(({ addition }) => addition.change.payment.id),
    ],
  });
  return new Set(rows.map(({ reference }) => reference));
}

export async function referenceHolders(
  session: Session,
  tenantId: string,
  lost: readonly { addition: Addition }[],
): Promise<Map<string, string>> {
  if (lost.length === 0) return new Map();
  const rows = await session.rows<{ reference: string; payment_id: string }>({
    name: 'reference-holders',
    text: `select reference, payment_id from payments.payment_references where tenant_id = $1 and reference = any($2)`,
    values: [tenantId, lost.map(({ addition }) => referenceOf(addition))],
  });
  return new Map(rows.map(({ reference, payment_id }) => [reference, payment_id]));
}
