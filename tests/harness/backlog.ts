import type { TestDatabase } from './postgres.js';

/** A million rows take a minute to be made, in parts that each keep below the time a statement of a test may take. */
const ROWS_AT_ONCE = 50_000;

/**
 * Puts payments into the tables as if they had been accepted a minute ago and nobody had worked since; each tenant has as many,
 * those of one tenant after those of the other.
 */
export async function makeBacklog(
  database: TestDatabase,
  tenantIds: readonly string[],
  paymentsEach: number,
): Promise<void> {
  await database.query(
    `insert into tenancy.tenant_home select t, now() from unnest($1::varchar[]) t on conflict do nothing`,
    [tenantIds],
  );
  const total = tenantIds.length * paymentsEach;
  for (let from = 0; from < total; from += ROWS_AT_ONCE)
    await database.query(
      `with made as materialized (
         select ($1::varchar[])[1 + n / $2::int] as tenant_id, uuidv7(interval '-1 minute' + n * interval '1 microsecond') as id,
           'backlog-' || n as reference, now() - interval '1 minute' as at
         from generate_series($3::int, $4::int) n
       ), referred as (
         insert into payments.payment_references (tenant_id, reference, payment_id) select tenant_id, reference, id from made
       ), told as (
         insert into payments.payment_history (tenant_id, payment_id, version, to_status, event_id, at)
         select tenant_id, id, 1, 'PENDING', gen_random_uuid(), at from made
       )
       insert into payments.payments (tenant_id, id, kind, rail, amount_minor, currency, reference, metadata, correlation_id, traceparent,
         created_at, updated_at, next_attempt_at, sweep_at, status, attempts, version)
       select tenant_id, id, 'PAYMENT', 'simulated', 100, 'USD', reference, '{}', 'backlog', '00-' || md5(reference) || '-00f067aa0ba902b7-01',
         at, at, at, at, 'PENDING', 0, 1 from made`,
      [tenantIds, paymentsEach, from, Math.min(total, from + ROWS_AT_ONCE) - 1],
    );
  await database.query('analyze payments.payments');
}
