import { verify } from '../database.mjs';
import { expectRows, ferryEnvironment, figures, load, logOf, meanBatch, measured, until } from '../measure.mjs';
import { programs, startServer } from '../processes.mjs';

/**
 * @typedef {import('../measure.mjs').Bench} Bench
 * @typedef {import('../database.mjs').FerryDatabase} FerryDatabase
 */

/** @param {Bench} bench */
export async function settle(bench) {
  const database = await bench.database.createFerry();
  try {
    const result = await settleOn(bench, database);
    await verify(database.environment);
    return result;
  } finally {
    await bench.database.drop(database.name);
  }
}

/** `ferry start` on the database of a run: api and worker in one process. @param {Bench} bench @param {FerryDatabase} database @param {readonly string[]} [nodeArgs] */
export const startFerry = (bench, { environment }, nodeArgs = []) =>
  startServer(programs.cli, ['start'], { ...ferryEnvironment(), ...environment }, logOf(bench, 'start'), { nodeArgs });

/** Of the payments that are due: those of a filled database wait for tomorrow. */
const WAITING = `from payments.payments where sweep_at < now() + interval '1 hour'`;
const ALL_RELAYED = 'select not exists (select from messaging.outbox) as done';

/** Everything accepted has ended, and its events have left the outbox. @param {Bench} bench @param {string} name */
export async function untilSettled(bench, name) {
  await until(bench, name, `select not exists (select ${WAITING}) as done`);
  const endedAt = Date.now();
  await until(bench, name, ALL_RELAYED);
  return { endedAt, relayedAt: Date.now() };
}

/** Counted until the last payment has ended; the events are relayed meanwhile, and the outbox must get empty. @param {Bench} bench @param {FerryDatabase} database */
export async function settleOn(bench, database) {
  const { name } = database;
  const ended = `payments.payments where status in ('SUCCESS', 'FAILED')`;
  const before = await bench.database.count(name, ended);
  const server = await startFerry(bench, database);
  try {
    const warm = await load(bench, server.url, bench.warmUpMs);
    await untilSettled(bench, name);
    await bench.database.checkpoint();
    const result = await measured(bench, { node: server.pid }, () => settled(bench, name, server.url));
    const latency = await endedAfter(bench, name, result.accepted);
    await expectRows(bench, name, ended, before + warm.accepted + result.accepted);
    return { ...result, ...latency, 'mean batch payments': meanBatch(await server.metrics(), 'create') };
  } finally {
    await server.stop();
  }
}

/** @param {Bench} bench @param {string} name @param {string} url */
export async function settled(bench, name, url) {
  const loaded = await load(bench, url, bench.durationMs);
  const waiting = await bench.database.query(name, `select count(*) ${WAITING}`);
  const { endedAt, relayedAt } = await untilSettled(bench, name);
  const since = (/** @type {number} */ at) => (at - loaded.startedAtMs) / 1000;
  return {
    ...figures(loaded),
    rate: loaded.accepted / since(endedAt),
    'accepted payments/s': loaded.accepted / loaded.seconds,
    'relayed payments/s': loaded.accepted / since(relayedAt),
    'waiting when the load ends payments': Number(waiting[0].count),
  };
}

/** From create to end of the newest payments, by the rows' own times. @param {Bench} bench @param {string} name @param {number} newest */
export async function endedAfter(bench, name, newest) {
  const [row] = await bench.database.query(
    name,
    `select percentile_disc(array[0.5, 0.99]) within group (order by extract(epoch from updated_at - created_at) * 1000) as ms
      from (select * from payments.payments where tenant_id = 'default' order by id desc limit $1) p`,
    [newest],
  );
  return { 'create-to-end p50 ms': Number(row.ms[0]), 'create-to-end p99 ms': Number(row.ms[1]) };
}
