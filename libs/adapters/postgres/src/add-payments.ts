import type { Addition, AddOutcome, Change, PaymentState } from '@ferry/payments';
import { found } from './found.js';
import { compare, forgetKeys, insertKeys, storedKeys, type Keyed } from './idempotency-keys.js';
import { sweepAt, timestamp } from './payment-row.js';
import { insertReferences, referenceHolders, referenceOf } from './references.js';
import type { Session, Statement } from './session.js';
import { sendEvents } from './store-changes.js';

type Indexed = { readonly index: number; readonly addition: Addition };

const isKeyed = (one: Indexed): one is Indexed & { addition: Keyed } => one.addition.idempotency !== undefined;

/**
 * Stores additions whose keys and references are each unique within the batch. The unique indexes decide, in this order: keys, references.
 * Every batch inserts both sorted, so two batches with the same keys or references in another order wait instead of deadlocking.
 */
export async function addPayments(
  session: Session,
  tenantId: string,
  additions: readonly Addition[],
  graceMs: number,
): Promise<readonly AddOutcome[]> {
  const outcomes = additions.map((): AddOutcome => ({ outcome: 'added' }));
  const all = additions.map((addition, index): Indexed => ({ index, addition }));
  const keyed = all.filter(isKeyed).sort((a, b) => order(a.addition.idempotency.key, b.addition.idempotency.key));

  const wonKeys = await insertKeys(session, tenantId, keyed);
  const lostKeys = keyed.filter(({ addition }) => !wonKeys.has(addition.idempotency.key));
  const stored = await storedKeys(session, tenantId, lostKeys);
  for (const { index, addition } of lostKeys) outcomes[index] = compare(addition, stored);

  const open = all.filter(({ index }) => outcomes[index]?.outcome === 'added').sort(byReference);
  const wonReferences = await insertReferences(session, tenantId, open);
  const lostReferences = open.filter(({ addition }) => !wonReferences.has(referenceOf(addition)));
  const holders = await referenceHolders(session, tenantId, lostReferences);
  for (const { index, addition } of lostReferences)
    outcomes[index] = { outcome: 'duplicate-reference', paymentId: found(holders, referenceOf(addition)) };
  forgetKeys(session, tenantId, lostReferences.filter(isKeyed));

  const added = open.filter(({ index }) => outcomes[index]?.outcome === 'added').map(({ addition }) => addition.change);
  if (added.length > 0) {
    session.send(insertPayments(tenantId, added, graceMs));
    sendEvents(session, tenantId, added);
  }
  return outcomes;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byReference = (a: Indexed, b: Indexed): number => order(referenceOf(a.addition), referenceOf(b.addition));

function insertPayments(tenantId: string, changes: readonly Change[], graceMs: number): Statement {
  const states = changes.map(({ payment }) => payment.state);
  const column = <T>(value: (state: PaymentState) => T): T[] => states.map(value);
  return {
    name: 'add-payments',
    text: `insert into payments.payments (tenant_id, id, kind, rail, amount_minor, currency, reference, external_id, account_id,
        metadata, status, attempts, next_attempt_at, sweep_at, version, correlation_id, traceparent, created_at, updated_at)
      select h.tenant_id, u.* from tenancy.tenant_home h,
        unnest($2::uuid[], $3::varchar[], $4::varchar[], $5::bigint[], $6::varchar[], $7::varchar[], $8::varchar[], $9::varchar[],
          $10::json[], $11::varchar[], $12::int[], $13::timestamptz[], $14::timestamptz[], $15::int[], $16::varchar[], $17::varchar[],
          $18::timestamptz[], $19::timestamptz[]) u
      where h.tenant_id = $1`,
    values: [
      tenantId,
      column(({ id }) => id),
      column(({ kind }) => kind),
      column(({ rail }) => rail),
      column(({ money }) => money.amountMinor.toString()),
      column(({ money }) => money.currency),
      column(({ reference }) => reference),
      column(({ externalId }) => externalId ?? null),
      column(({ accountId }) => accountId ?? null),
      column(({ metadata }) => JSON.stringify(metadata)),
      column(({ status }) => status),
      column(({ attempts }) => attempts),
      column(({ nextAttemptAt }) => timestamp(nextAttemptAt)),
      column((state) => timestamp(sweepAt(state, graceMs))),
      column(({ version }) => version),
      column(({ origin }) => origin.correlationId),
      column(({ origin }) => origin.traceparent),
      column(({ createdAt }) => createdAt.toISOString()),
      column(({ updatedAt }) => updatedAt.toISOString()),
    ],
  };
}
