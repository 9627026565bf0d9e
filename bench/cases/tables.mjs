/** Tables that grow with the payments, and only with them. */
const GROWING = [
  'payments.payments',
  'payments.payment_history',
  'payments.payment_references',
  'payments.idempotency_keys',
];

const QUESTION = `
  with grown as (
    select coalesce(i.inhrelid, t) as oid from unnest($1::regclass[]) t left join pg_inherits i on i.inhparent = t)
  select (select sum(pg_total_relation_size(oid)) from grown)::float as bytes,
    (select sum(n_tup_ins) from pg_stat_all_tables s join pg_inherits i on i.inhrelid = s.relid
      where i.inhparent = 'payments.payments'::regclass)::float as payments,
    pg_total_relation_size('messaging.outbox')::float as outbox,
    pg_total_relation_size('messaging.relay_leases')::float as leases,
    (select sum(n_dead_tup)::float / greatest(sum(n_live_tup), 1) from pg_stat_all_tables s join grown on s.relid = grown.oid) as "deadShare"`;

/**
 * What the tables take now, with their indexes, and the payments that explain it.
 * @param {import('../database.mjs').BenchDatabase} database @param {string} name
 * @returns {Promise<Record<string, number>>}
 */
export async function tablesNow(database, name) {
  const [row] = await database.query(name, QUESTION, [GROWING]);
  return row;
}
