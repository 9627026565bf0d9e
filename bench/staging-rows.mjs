/** Which payment the n-th row tells of: rows that tell of one that was told before stand near the first one, as in a file that is sent twice, or far from it. */
const payments = /** @type {const} */ ({
  'one in twenty': 'case when n % 20 = 0 then greatest(1, n - 1 - (hashint4(n) & 1048575) % n) else n end',
  'nine in ten':
    'case when n % 10 = 1 then (n + 9) / 10 else (n + 9) / 10 - (hashint4(n) & 1048575) % ((n + 9) / 10) end',
});
/** @typedef {keyof typeof payments} Duplicates */

/**
 * Rows as an ETL leaves them: references in no order, loans and customers that come again, a month of days.
 * @param {import('./database.mjs').BenchDatabase} database @param {string} name @param {number} rows @param {Duplicates} duplicates
 */
export async function fillStaging(database, name, rows, duplicates) {
  await database.query(
    name,
    `insert into public.payment_staging (reference_number, loan_account_number, cif, amount, payment_date, payment_channel, metadata)
     select 'PAY-' || translate(left(md5(m::text), 16), '0123456789', 'ghijklmnop'), 'LN' || lpad((hashint4(m) & 65535)::text, 10, '0'),
       'CIF' || lpad((hashint4(m + 1) & 32767)::text, 8, '0'), 10 + (m % 500000) / 100.0,
       date_trunc('day', now() at time zone 'UTC') - interval '1 second' * (hashint4(m + 2) & 2097151),
       (array['branch', 'mobile', 'bank_transfer', 'agent'])[1 + m % 4],
       jsonb_build_object('branch', 'B-' || m % 300, 'operator', 'OP-' || m % 2000)
     from (select ${payments[duplicates]} as m from generate_series(1, $1::int) n) rows`,
    [rows],
  );
  await database.query(name, "select recording.make_partitions(now() - interval '2 months', 3)");
  await database.query(
    name,
    `insert into recording.staging_sources values ('default', 'public.payment_staging', 'default', 'EUR', 'UTC', true, now())
     on conflict do nothing`,
  );
  await database.query(name, 'vacuum (analyze) public.payment_staging');
  await database.checkpoint();
}

/** How many payments the rows tell of. @param {import('./database.mjs').BenchDatabase} database @param {string} name */
export const distinctIn = async (database, name) =>
  Number((await database.query(name, 'select count(distinct reference_number) from public.payment_staging'))[0].count);
