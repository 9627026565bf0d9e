import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMb } from '../cpu.mjs';
import { expectRows, ferryEnvironment, measured } from '../measure.mjs';
import { imageNodeOptions, programs, run } from '../processes.mjs';
import { count } from '../settings.mjs';
import { distinctIn, fillStaging } from '../staging-rows.mjs';

/** @typedef {import('../measure.mjs').Bench} Bench */

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

/** Larger ones are no faster here, and smaller ones slower. */
const BATCH = 10_000;

/** @param {import('../database.mjs').BenchDatabase} database @param {string} name @param {number} batch */
async function plainMove(database, name, batch) {
  const [{ max }] = await database.query(name, 'select max(id) from public.payment_staging');
  for (let from = 0; from < Number(max); from += batch) await database.query(name, MOVE, [from, from + batch]);
}

/** @param {Bench} bench */
export const stagingSql = (bench) =>
  onFilled(bench, count('BENCH_STAGING_ROWS'), 'one in twenty', async (name, rows) => {
    const started = performance.now();
    await plainMove(bench.database, name, BATCH);
    return { accepted: rows, rate: rows / ((performance.now() - started) / 1000) };
  });

/** @param {Bench} bench */
export const staging = (bench) => drained(bench, count('BENCH_STAGING_ROWS'));

/** @param {Bench} bench */
export const stagingDuplicates = (bench) => drained(bench, count('BENCH_STAGING_ROWS'), { duplicates: 'nine in ten' });

const FEW = 10_000;
/** Enough for the rate, and never less than a tenth of what waits is left. */
const MEASURED = 500_000;

/** The first rows of a long queue, beside a short one. @param {Bench} bench */
export async function stagingWaiting(bench) {
  const many = await drained(bench, count('BENCH_STAGING_WAITING'), { upTo: MEASURED });
  const few = await drained(bench, FEW);
  return { ...many, [`rate of ${FEW} waiting rows/s`]: few.rate };
}

/**
 * All rows of a staging table, or the first `upTo`, by `ferry jobs run staging`: a process of its own, without relay. Its rate is counted by the log of batches,
 * from the first row that is read to the last batch that is committed.
 * @param {Bench} bench @param {number} waiting
 * @param {{ upTo?: number, duplicates?: import('../staging-rows.mjs').Duplicates }} [options]
 */
const drained = (bench, waiting, { upTo = waiting, duplicates = 'one in twenty' } = {}) =>
  onFilled(bench, waiting, duplicates, async (name, rows, environment) => {
    /** @type {number[]} */
    const resident = [];
    let pid = 0;
    let cpu = NaN;
    const done = run(
      process.execPath,
      [programs.cli, 'jobs', 'run', 'staging'],
      { ...ferryEnvironment(), ...environment, NODE_OPTIONS: imageNodeOptions() },
      (begun) => (pid = begun),
    ).finally(() => (pid = 0));
    done.catch(() => {}); // looked at below, and not unheard until then
    while (pid !== 0) {
      await sleep(SAMPLE_MS);
      if (pid === 0) break;
      resident.push(residentMb(pid));
      cpu = cpuSeconds(pid);
      if (upTo < waiting && (await logged(bench, name)).rows >= upTo) process.kill(pid, 'SIGKILL');
    }
    if (upTo === waiting) await done;
    else await done.catch(() => {});
    const log = await logged(bench, name);
    if (upTo === waiting) await expectRows(bench, name, 'recording.payments', await distinctIn(bench.database, name));
    await expectRows(bench, name, 'messaging.outbox', await bench.database.count(name, 'recording.payments'));
    return {
      accepted: log.rows,
      rate: log.rows / log.seconds,
      'node cpu cpu-s/1000': (cpu / log.rows) * 1000,
      'resident MB': Math.max(...resident),
      ...grown(resident),
    };
  });

const SAMPLE_MS = 200;

/** What the second half of a run adds to the first: flat is 0. @param {readonly number[]} resident */
function grown(resident) {
  const half = Math.floor(resident.length / 2);
  return { 'resident growth MB': Math.max(...resident.slice(half)) - Math.max(...resident.slice(0, half), 0) };
}

/** @param {Bench} bench @param {string} name @returns {Promise<{ rows: number, seconds: number }>} */
async function logged(bench, name) {
  const [row] = await bench.database.query(
    name,
    `select coalesce(sum(total_records), 0)::int as rows, extract(epoch from max(completed_at) - min(started_at))::float as seconds
     from recording.staging_process_log where status = 'completed'`,
  );
  return /** @type {{ rows: number, seconds: number }} */ (row);
}

/**
 * @template {{ accepted: number }} T
 * @param {Bench} bench @param {number} rows @param {import('../staging-rows.mjs').Duplicates} duplicates
 * @param {(name: string, rows: number, environment: Record<string, string>) => Promise<T>} work
 */
async function onFilled(bench, rows, duplicates, work) {
  const { name, environment } = await bench.database.createFerry();
  try {
    await fillStaging(bench.database, name, rows, duplicates);
    return await measured(bench, {}, () => work(name, rows, environment));
  } finally {
    await bench.database.drop(name);
  }
}
