import { verify } from '../database.mjs';
import { expectRows, ferryEnvironment, figures, load, logOf, meanBatch, measured } from '../measure.mjs';
import { programs, startServer } from '../processes.mjs';

/** @typedef {import('../measure.mjs').Bench} Bench */

/** Payments wait: there is no worker, and no RabbitMQ. @param {Bench} bench */
export const accept = (bench) => inOwn(bench, (database) => acceptOn(bench, database));

/**
 * In a new database, whose invariants hold afterwards.
 * @template T
 * @param {Bench} bench @param {(database: import('../database.mjs').FerryDatabase) => Promise<T>} work
 */
export async function inOwn(bench, work) {
  const database = await bench.database.createFerry();
  try {
    const result = await work(database);
    await verify(database.environment);
    return result;
  } finally {
    await bench.database.drop(database.name);
  }
}

/** The tables that every accepted payment has one row in. */
const TABLES = ['payments.payments', 'payments.payment_history', 'messaging.outbox', 'payments.idempotency_keys'];

/**
 * @param {Bench} bench @param {import('../database.mjs').FerryDatabase} database which may hold payments already
 * @param {Record<string, string>} [settings] of the api
 * @param {(url: string) => Promise<string | undefined>} [prepare] once the api is there; the key with which the load comes, if it does
 */
export async function acceptOn(bench, { name, environment: { DATABASE_URL } }, settings = {}, prepare) {
  /** @type {number[]} */
  const before = [];
  for (const table of TABLES) before.push(await bench.database.count(name, table));
  const environment = { ...ferryEnvironment(), DATABASE_URL, ...settings };
  const server = await startServer(programs.api, [], environment, logOf(bench, 'accept'));
  try {
    const key = await prepare?.(server.url);
    const warm = await load(bench, server.url, bench.warmUpMs, { key });
    await bench.database.checkpoint();
    const result = await measured(bench, { node: server.pid }, async () =>
      figures(await load(bench, server.url, bench.durationMs, { key })),
    );
    for (const [i, table] of TABLES.entries())
      await expectRows(bench, name, table, (before[i] ?? 0) + warm.accepted + result.accepted);
    return { ...result, 'mean batch payments': meanBatch(await server.metrics(), 'create') };
  } finally {
    await server.stop();
  }
}
