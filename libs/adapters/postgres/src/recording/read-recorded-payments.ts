import type { HeldReference, RecordedPayment, RecordedPaymentId, RecordedPaymentQuery } from '@ferry/recording';
import type { Session } from '../session.js';
import { referenceHash } from './reference-hash.js';
import { recordedPaymentColumns, recordedPaymentOf, type RecordedPaymentRow } from './recorded-payment-row.js';

interface HolderRow {
  readonly reference_number: string;
  readonly payment_id: string;
}

/** In the narrow table; where that does not say, among the payments whose references were forgotten. */
export async function findHolders(
  session: Session,
  tenantId: string,
  references: readonly string[],
): Promise<readonly (RecordedPaymentId | undefined)[]> {
  const asked = session.rows<HolderRow>({
    name: 'reference-holders',
    text: `select reference_number, payment_id from recording.payment_references where tenant_id = $1 and reference_number = any($2)`,
    values: [tenantId, references],
  });
  const holders = new Map((await asked).map((row) => [row.reference_number, row.payment_id]));
  const missing = references.filter((reference) => !holders.has(reference));
  if (missing.length > 0) {
    // After it: whoever forgets a reference writes this first, so what is missing above is told of here.
    const rows = await session.rows<HolderRow>({
      name: 'forgotten-holders',
      // OFFSET keeps the planner from joining: the index is asked for each reference, whatever the statistics of a young month say.
      text: `select u.reference as reference_number, held.id as payment_id from unnest($2::varchar[]) as u(reference) cross join lateral (
          select p.id
          from (select f.payment_date from recording.forgotten_references f
            where f.tenant_id = $1 and f.hash = ${referenceHash('u.reference')} offset 0) as f
          cross join lateral (
            select p.id, p.created_at from recording.payments p
            where p.tenant_id = $1 and p.reference_number = u.reference and p.payment_date = f.payment_date offset 0) as p
          order by p.created_at limit 1) as held`,
      values: [tenantId, missing],
    });
    for (const row of rows) holders.set(row.reference_number, row.payment_id);
  }
  return references.map((reference) => holders.get(reference));
}

export async function findRecordedPayments(
  session: Session,
  tenantId: string,
  ids: readonly RecordedPaymentId[],
): Promise<readonly (RecordedPayment | undefined)[]> {
  const rows = await session.rows<RecordedPaymentRow>({
    name: 'find-recorded-payments',
    text: `select ${recordedPaymentColumns} from recording.payments where tenant_id = $1 and id = any($2)`,
    values: [tenantId, ids],
  });
  const byId = new Map(rows.map((row) => [row.id, recordedPaymentOf(row)]));
  return ids.map((id) => byId.get(id));
}

export async function listRecordedPayments(
  session: Session,
  tenantId: string,
  query: RecordedPaymentQuery,
): Promise<readonly RecordedPayment[]> {
  const values: unknown[] = [tenantId];
  const bind = (value: unknown): string => `$${values.push(value instanceof Date ? value.toISOString() : value)}`;
  const conditions = ['tenant_id = $1'];
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) conditions.push(`${column} = ${bind(value)}`);
  };
  equal('reference_number', query.referenceNumber);
  equal('loan_account_number', query.loanAccountNumber);
  equal('cif', query.cif);
  equal('payment_channel', query.paymentChannel);
  equal('source', query.source);
  equal('business_unit_id', query.businessUnitId);
  if (query.from) conditions.push(`payment_date >= ${bind(query.from)}`);
  if (query.to) conditions.push(`payment_date < ${bind(query.to)}`);
  if (query.after) {
    const date = bind(query.after.paymentDate);
    // The first says nothing new: by it, and not by the pair, PostgreSQL leaves out the months after.
    conditions.push(`payment_date <= ${date}`, `(payment_date, id) < (${date}, ${bind(query.after.id)})`);
  }
  const rows = await session.rows<RecordedPaymentRow>({
    text: `select ${recordedPaymentColumns} from recording.payments where ${conditions.join(' and ')}
      order by payment_date desc, id desc limit ${bind(query.limit)}`,
    values,
  });
  return rows.map(recordedPaymentOf);
}

/** By id, which tells when a payment was recorded: the primary keys of all months are walked from their ends. */
export async function recentReferences(
  session: Session,
  tenantId: string,
  limit: number,
): Promise<readonly HeldReference[]> {
  const rows = await session.rows<{ reference_number: string; id: string }>({
    name: 'recent-references',
    text: 'select reference_number, id from recording.payments where tenant_id = $1 order by id desc limit $2',
    values: [tenantId, limit],
  });
  return rows.map((row) => ({ referenceNumber: row.reference_number, paymentId: row.id }));
}
