// `npm run bench [-- NAME...]`: how fast Ferry is beside the simplest things that could be done instead, on this machine, now.
// Names are those of the cases; without any, all. Exits with 0 whatever the figures are, and with 1 when a run fails or
// `ferry verify` finds a broken invariant. BENCH_ROUNDS and BENCH_DURATION_MS make it shorter or longer; BENCH_NODE_ARGS are
// for the node processes that are measured (a CPU profile: `BENCH_NODE_ARGS="--cpu-prof --cpu-prof-dir=/tmp"`); the settings of
// Ferry that are printed with the terms may be set in the environment.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiSettings, engineSettings, readSettings, workerSettings } from '@ferry/wiring';
import { cases } from './cases.mjs';
import { BenchDatabase } from './database.mjs';
import { killAll } from './processes.mjs';
import { machine, ratiosOf, resultsOf, table } from './report.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const CONNECTIONS = 64;
const BASELINE_CONNECTIONS = 32;
/** Until V8 has compiled what is hot: within the first 4 s the api still spends about 50 µs of other threads on each payment. */
const WARM_UP_MS = 4_000;
const DURATION_MS = Number(process.env.BENCH_DURATION_MS ?? 5_000);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !cases.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(`no such case: ${unknown.join(', ')}. There are:`);
  for (const { name, meaning } of cases) console.error(`  ${name.padEnd(10)} ${meaning}`);
  process.exit(2);
}
const chosen = wanted.length > 0 ? cases.filter(({ name }) => wanted.includes(name)) : cases;

const before = machine();
const directory = mkdtempSync(join(tmpdir(), 'ferry-bench-'));
// Root hands PostgreSQL to another user, who must be able to enter.
chmodSync(directory, 0o755);
const database = await BenchDatabase.start(join(directory, 'server'));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => void end(1));

try {
  const runs = await inTurn();
  const results = resultsOf(runs);
  const ratios = ratiosOf(runs);
  const terms = await termsOf();
  console.log(table(before, terms, results, ratios));
  save({ machine: before, terms, results: results.map(plain), ratios: ratios.map(plain) });
  await end(0);
} catch (error) {
  console.error(error);
  await end(1);
}

/** Every case once a round, so that a slow minute of the machine is everybody's. */
async function inTurn() {
  const bench = {
    database,
    directory,
    connections: CONNECTIONS,
    baselineConnections: BASELINE_CONNECTIONS,
    warmUpMs: WARM_UP_MS,
    durationMs: DURATION_MS,
  };
  /** @type {Map<string, import('./cases.mjs').Figures[]>} */
  const runs = new Map();
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const one of chosen) {
      const figures = await one.run(bench);
      console.error(
        `round ${round}: ${one.meaning}: ${figures ? `${Math.round(figures.rate ?? NaN)} ${one.unit}` : 'cannot be run here'}`,
      );
      if (figures) runs.set(one.name, [...(runs.get(one.name) ?? []), figures]);
    }
  }
  return runs;
}

async function termsOf() {
  const urls = { DATABASE_URL: 'postgres://unused/', DATABASE_SWEEPER_URL: 'postgres://unused/' };
  const settings = readSettings({ ...engineSettings, ...workerSettings, ...apiSettings }, { ...process.env, ...urls });
  const { LOG_LEVEL, DB_POOL_MAX, CREATE_BATCH_MAX, CREATE_CONCURRENCY, WORKER_PREFETCH, RELAY_BATCH } = settings;
  return {
    node: process.version,
    postgres: await database.terms(),
    load: `another process, ${CONNECTIONS} keep-alive connections, one payment a request, each with an idempotency key`,
    time: `${ROUNDS} rounds in turn, each ${WARM_UP_MS} ms of warm-up and ${DURATION_MS} ms measured, every run in a new database`,
    baselines: `${BASELINE_CONNECTIONS} connections to PostgreSQL, prepared statements, the same server; Express as it comes`,
    ferry: { LOG_LEVEL, DB_POOL_MAX, CREATE_BATCH_MAX, CREATE_CONCURRENCY, WORKER_PREFETCH, RELAY_BATCH },
    services: 'queue, events and signals in process: no RabbitMQ, Kafka or Redis',
    invariants: 'hold (ferry verify after every run of accept and settle; one row for every 201)',
    temporary: tmpdir(),
  };
}

/** @template {{ least: number, most: number }} T @param {T} figure */
function plain({ least: _least, most: _most, ...rest }) {
  return rest;
}

/** @param {object} report */
function save(report) {
  const file = join(import.meta.dirname, 'results/latest.json');
  mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.error(`written to ${file}`);
}

/** @param {number} code */
async function end(code) {
  killAll();
  await database.stop();
  rmSync(directory, { recursive: true, force: true });
  process.exit(code);
}
