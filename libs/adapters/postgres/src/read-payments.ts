import { firstIdAt } from '@ferry/kernel';
import type { HistoryEntry, Owner, Payment, PaymentId, PaymentQuery, PaymentStatus } from '@ferry/payments';
import { paymentColumns, paymentOf, type PaymentRow } from './payment-row.js';
import type { Session } from './session.js';

/**
 * Of the tenant `$1`, and of its business unit `$5` if that is not null. The bounds say nothing new: by them, and not by the array, PostgreSQL
 * leaves out the months that hold none of the ids.
 */
export const thesePayments =
  'tenant_id = $1 and id = any($2) and id between $3 and $4 and ($5::varchar is null or business_unit_id = $5)';

/** The values of `thesePayments`: ids are lower-case, so that they sort as texts as they do as UUIDs. */
export function these({ tenantId, businessUnitId }: Owner, ids: readonly PaymentId[]): unknown[] {
  const sorted = [...new Set(ids)].sort();
  return [tenantId, sorted, sorted[0], sorted.at(-1), businessUnitId];
}

export async function findPayments(
  session: Session,
  owner: Owner,
  ids: readonly PaymentId[],
): Promise<readonly (Payment | undefined)[]> {
  const rows = await session.rows<PaymentRow>({
    name: 'find-payments',
    text: `select ${paymentColumns} from payments.payments where ${thesePayments}`,
    values: these(owner, ids),
  });
  const byId = new Map(rows.map((row) => [row.id, paymentOf(row)]));
  return ids.map((id) => byId.get(id));
}

/** Newest first by id: ids carry their time, so a created-from or created-to filter is a range of ids in few partitions. */
export async function listPayments(
  session: Session,
  { tenantId, businessUnitId }: Owner,
  query: PaymentQuery,
): Promise<readonly Payment[]> {
  const values: unknown[] = [tenantId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['tenant_id = $1'];
  if (businessUnitId !== undefined) conditions.push(`business_unit_id = ${bind(businessUnitId)}`);
  if (query.businessUnitId !== undefined) conditions.push(`business_unit_id = ${bind(query.businessUnitId)}`);
  if (query.status) conditions.push(`status = ${bind(query.status)}`);
  if (query.currency) conditions.push(`currency = ${bind(query.currency)}`);
  if (query.createdFrom) conditions.push(`id >= ${bind(firstIdAt(query.createdFrom))}`);
  if (query.createdTo) conditions.push(`id < ${bind(firstIdAt(query.createdTo))}`);
  if (query.before) conditions.push(`id < ${bind(query.before)}`);
  if (query.reference !== undefined) {
    const holder = await session.rows<{ payment_id: string }>({
      name: 'reference-holder',
      text: 'select payment_id from payments.payment_references where tenant_id = $1 and reference = $2',
      values: [tenantId, query.reference],
    });
    if (holder.length === 0) return [];
    conditions.push(`id = ${bind(holder[0]?.payment_id)}`);
  }
  const rows = await session.rows<PaymentRow>({
    text: `select ${paymentColumns} from payments.payments where ${conditions.join(' and ')} order by id desc limit ${bind(query.limit)}`,
    values,
  });
  return rows.map(paymentOf);
}

export async function readHistory(
  session: Session,
  { tenantId, businessUnitId }: Owner,
  id: PaymentId,
): Promise<readonly HistoryEntry[]> {
  const rows = await session.rows<{
    version: number;
    from_status: PaymentStatus | null;
    to_status: PaymentStatus;
    reason: string | null;
    at: Date;
    event_id: string;
  }>({
    name: 'payment-history',
    text: `select version, from_status, to_status, reason, at, event_id from payments.payment_history
      where tenant_id = $1 and payment_id = $2 and ($3::varchar is null or exists (
        select from payments.payments where tenant_id = $1 and id = $2 and business_unit_id = $3))
      order by version`,
    values: [tenantId, id, businessUnitId],
  });
  return rows.map((row) => ({
    version: row.version,
    from: row.from_status ?? undefined,
    to: row.to_status,
    reason: row.reason ?? undefined,
    at: row.at,
    eventId: row.event_id,
  }));
}
