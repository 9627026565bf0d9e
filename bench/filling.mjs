import { count } from './settings.mjs';

/** A month, so that all idempotency keys are still remembered: the most that these tables ever hold beside a month's payments. */
const DAYS = 31;
/** Half of the payments are of `default`, the tenant of the load; the others share the rest. */
const TENANTS = 20;

/**
 * Payments as a month of business leaves them, made in sets: 88 of 100 succeeded, a few failed or were cancelled, 3 in 1,000 wait
 * for tomorrow, of which some want an operator. Each with its history, reference and key. One in four went through PROCESSING.
 * Rows are as long as those of the load: shorter ones of the load would each find a hole of its own, in a page of its own.
 */
const payments = `
  insert into payments.payments (tenant_id, id, kind, rail, amount_minor, currency, reference, external_id, metadata, status, reason,
    attention, provider_reference, attempts, next_attempt_at, sweep_at, version, correlation_id, traceparent, created_at, updated_at)
  select case when n % 2 = 0 then 'default' else 'tenant-' || (n / 2) % ${TENANTS} end, id, 'PAYMENT', 'simulated', 100 + n % 100000,
    'USD', 'order-' || left(md5(n::text), 12), null, '{}', status,
    case status when 'FAILED' then 'insufficient_funds' end,
    case status when 'PROCESSING' then 'outcome unknown: the rail did not answer' end,
    case when remote then 'sim-' || n end, 1, due, due, case status when 'PENDING' then 1 when 'PROCESSING' then 2 else 2 + remote::int end,
    gen_random_uuid()::text, '00-' || md5(n::text) || '-00f067aa0ba902b7-01', at,
    at + case when status = 'PENDING' then interval '0' else interval '40 ms' end
  from (
    select n, id, uuid_extract_timestamp(id) as at, status, n % 4 = 0 and status in ('SUCCESS', 'FAILED') as remote,
      case when status in ('PENDING', 'PROCESSING') then now() + interval '1 day' end as due
    from (
      select n, uuidv7(interval '${DAYS} days' * ((n - $1::int) / $1::float)) as id,
        case when n * 7 % 1000 < 880 then 'SUCCESS' when n * 7 % 1000 < 980 then 'FAILED' when n * 7 % 1000 < 997 then 'CANCELLED'
          when n * 7 % 1000 < 999 then 'PENDING' else 'PROCESSING' end as status
      from generate_series(1, $1::int) n) made) p`;

const history = `
  insert into payments.payment_history (tenant_id, payment_id, version, from_status, to_status, reason, event_id, at)
  select p.tenant_id, p.id, v, case when v = 2 then 'PENDING' when v = 3 then 'PROCESSING' end,
    case when v = 1 then 'PENDING' when v = p.version then p.status else 'PROCESSING' end,
    case when v = p.version then p.reason end, gen_random_uuid(), case when v = 1 then p.created_at else p.updated_at end
  from payments.payments p cross join generate_series(1, 3) v where v <= p.version order by p.id, v`;

const references = `
  insert into payments.payment_references (tenant_id, reference, payment_id)
  select tenant_id, reference, id from payments.payments order by tenant_id, reference`;

const keys = `
  insert into payments.idempotency_keys (tenant_id, idempotency_key, fingerprint, payment_id, response, expires_at)
  select tenant_id, gen_random_uuid()::text, sha256(reference::bytea), id,
    format('{"id":"%s","business_unit_id":"%s","kind":"%s","rail":"%s","amount":%s,"currency":"%s","reference":"%s","metadata":{},"status":"PENDING","attempts":0,'
      || '"created_at":"%s","updated_at":"%s"}', id, business_unit_id, kind, rail, (amount_minor / 100.0)::numeric(12, 2), currency, reference,
      to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    created_at + interval '${DAYS} days 1 hour'
  from payments.payments order by created_at`;

/**
 * A database with so many payments already in its tables, vacuumed and analysed.
 * @param {import('./database.mjs').BenchDatabase} database
 */
export async function createFilled(database) {
  const filled = await database.createFerry();
  const query = (/** @type {string} */ text, /** @type {unknown[]} */ values = []) =>
    database.query(filled.name, text, values);
  await query(`insert into tenancy.tenant_home select 'tenant-' || n, now() from generate_series(0, ${TENANTS - 1}) n`);
  await query(`insert into tenancy.tenants select tenant_id, tenant_id, 'ACTIVE', 'live', null, created_at, created_at
    from tenancy.tenant_home on conflict do nothing`);
  await query(`select payments.make_partitions(now() - interval '${DAYS} days', 3)`);
  await query(payments, [count('BENCH_PAYMENTS')]);
  for (const fill of [history, references, keys]) await query(fill);
  await query('vacuum (analyze)');
  await database.checkpoint();
  return filled;
}

/** The newest payment there is: `forgetAfter` takes away what comes later. @param {import('./database.mjs').BenchDatabase} database @param {string} name */
export const newest = async (database, name) =>
  (await database.query(name, 'select id from payments.payments order by id desc limit 1'))[0].id;

/** So that the next run finds what this one found. @param {import('./database.mjs').BenchDatabase} database @param {string} name @param {string} id */
export async function forgetAfter(database, name, id) {
  await database.query(name, 'delete from payments.payments where id > $1', [id]);
  for (const table of ['payment_history', 'payment_references', 'idempotency_keys'])
    await database.query(name, `delete from payments.${table} where payment_id > $1`, [id]);
  await database.query(name, 'truncate messaging.outbox');
  await database.query(name, 'vacuum (analyze)');
  await database.checkpoint();
}
