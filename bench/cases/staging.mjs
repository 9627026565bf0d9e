/**
 * The same rows into the same tables, by SQL alone: references decide by ON CONFLICT, payments and events follow them, rows are marked. What
 * it leaves out: rules for what a row may hold, row security, a log, and other processes.
 */
const MOVE = `
  with rows as materialized (
    select s.*, uuidv7() as payment_id, uuidv7() as event_id, (s.amount * 100)::bigint as minor, s.payment_date at time zone 'UTC' as paid
    from public.payment_staging s where s.id > $1 and s.id <= $2 and s.processed is not true),
  won as (
    insert into recording.payment_references (tenant_id, reference_number, payment_id, payment_date, created_at)
    select 'default', reference_number, payment_id, paid, now() from rows
    on conflict (tenant_id, reference_number) do nothing returning payment_id),
  fresh as materialized (select rows.* from rows join won using (payment_id)),
  recorded as (
    insert into recording.payments (tenant_id, id, business_unit_id, reference_number, loan_account_number, cif, amount_minor, currency,
      payment_date, payment_channel, source, metadata, created_at)
    select 'default', payment_id, 'default', reference_number, loan_account_number, cif, minor, 'EUR', paid, payment_channel, 'staging',
      metadata::json, now() from fresh),
  told as (
    insert into messaging.outbox (tenant_id, topic, aggregate_id, version, event_id, event_type, at, payload, correlation_id, traceparent)
    select 'default', 'payment.events', payment_id, 1, event_id, 'payment.recorded', now(),
      json_build_object('event_id', event_id, 'event_type', 'payment.recorded', 'timestamp', now(), 'version', 1, 'payment', json_build_object(
        'tenant_id', 'default', 'id', payment_id, 'business_unit_id', 'default', 'reference_number', reference_number,
        'loan_account_number', loan_account_number, 'cif', cif, 'amount', amount, 'currency', 'EUR', 'payment_date', paid,
        'payment_channel', payment_channel, 'source', 'staging', 'metadata', metadata, 'created_at', now()))::text,
      '0191d2c5-7b5e-7c3a-9b1e-3f0a4c599a57', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' from fresh)
  update public.payment_staging s set processed = true, processed_at = now() from rows where s.id = rows.id`;

/** @param {import('../database.mjs').BenchDatabase} database @param {string} name @param {number} batch */
export async function plainMove(database, name, batch) {
  const [{ max }] = await database.query(name, 'select max(id) from public.payment_staging');
  for (let from = 0; from < Number(max); from += batch) await database.query(name, MOVE, [from, from + batch]);
}
