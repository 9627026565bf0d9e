import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, cpuSecondsOfFamily } from './cpu.mjs';
import { programs, run } from './processes.mjs';
import { ferrySettings } from './settings.mjs';

/**
 * @typedef {import('./load/record.mjs').Recorded & { cpuSeconds: number,
 *   ended?: { watched: number, latencyMs: import('./statistics.mjs').Latencies } }} LoadResult
 * @typedef {object} Bench what a case has to work with
 * @property {import('./database.mjs').BenchDatabase} database
 * @property {string} directory temporary; logs and scripts go here
 * @property {string} results kept; pictures and plans go here
 * @property {number} connections
 * @property {number} baselineConnections to the database, of the baselines B and C
 * @property {number} warmUpMs
 * @property {number} durationMs
 *
 * @typedef {Record<string, number>} Figures by `name unit`, e.g. `p99 ms`; `rate` is the case's own
 */

/** @param {Bench} bench @param {string} name */
export const logOf = (bench, name) => join(bench.directory, `${name}.log`);

/** Settings are the defaults, but for those that the caller's environment names. */
export const ferryEnvironment = () =>
  Object.fromEntries(ferrySettings.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));

/** Of the webhooks that the load sends. */
export const CHANNEL = 'bank';

/**
 * One run of the load. Rejects when an answer is not 201 (or, of webhooks that may be duplicates, 200).
 * @param {Bench} bench @param {string} url @param {number} durationMs
 * @param {Pick<import('./load/main.mjs').LoadOptions, 'ratePerSecond' | 'watchEvery' | 'windowMs' | 'key' | 'webhooks'>} [options]
 * @returns {Promise<LoadResult>}
 */
export async function load(bench, url, durationMs, options = {}) {
  const path = options.webhooks ? `/api/v1/payments/webhook/${CHANNEL}` : '/api/v1/payments';
  const all = { url: `${url}${path}`, connections: bench.connections, durationMs, ...options };
  const result = JSON.parse(await run(process.execPath, [programs.load, JSON.stringify(all)]));
  if (Object.keys(result.refused).length > 0)
    throw new Error(`not all were accepted: ${JSON.stringify(result.refused)}`);
  return result;
}

/** @param {LoadResult} result */
export const figures = ({ accepted, seconds, latencyMs, cpuSeconds: loadCpu }) => ({
  accepted,
  rate: accepted / seconds,
  'p50 ms': latencyMs.p50,
  'p95 ms': latencyMs.p95,
  'p99 ms': latencyMs.p99,
  'load cpu cpu-s/1000': (loadCpu / accepted) * 1000,
});

/**
 * Adds what the work cost: CPU seconds for 1,000 payments, of PostgreSQL and of each of our processes.
 * @template {{ accepted: number }} T
 * @param {Bench} bench @param {Record<string, number>} pids by the name that the figure gets @param {() => Promise<T>} work
 */
export async function measured(bench, pids, work) {
  const spent = () => ({
    ...Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)])),
    postgres: cpuSecondsOfFamily(bench.database.pid),
  });
  /** @type {Record<string, number>} */
  const before = spent();
  const result = await work();
  const costs = Object.entries(spent()).map(([name, seconds]) => [
    `${name} cpu cpu-s/1000`,
    ((seconds - (before[name] ?? NaN)) / result.accepted) * 1000,
  ]);
  return /** @type {T & Figures} */ ({ ...result, ...Object.fromEntries(costs) });
}

/** What was answered is there: no more and no less. @param {Bench} bench @param {string} name @param {string} from @param {number} expected */
export async function expectRows(bench, name, from, expected) {
  const rows = await bench.database.count(name, from);
  if (rows !== expected) throw new Error(`${rows} rows in ${from}, and ${expected} expected`);
}

const SETTLE_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** @param {Bench} bench @param {string} name @param {string} question a query for one row with `done` */
export async function until(bench, name, question) {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  while (!(await bench.database.query(name, question))[0].done) {
    if (performance.now() > deadline) throw new Error(`not done after ${SETTLE_TIMEOUT_MS} ms: ${question}`);
    await sleep(POLL_MS);
  }
}

/** Payments a transaction, warm-up included. @param {string} metrics @param {string} name of the batcher */
export const meanBatch = (metrics, name) =>
  numberIn(metrics, new RegExp(`^ferry_batch_size_sum\\{.*name="${name}".*\\} ([\\d.]+)$`, 'm')) /
  numberIn(metrics, new RegExp(`^ferry_batch_size_count\\{.*name="${name}".*\\} ([\\d.]+)$`, 'm'));

/** @param {string} text @param {RegExp} pattern */
export function numberIn(text, pattern) {
  const found = pattern.exec(text);
  if (!found) throw new Error(`no ${String(pattern)} in:\n${text}`);
  return Number(found[1]);
}
