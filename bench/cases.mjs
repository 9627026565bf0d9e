import { existsSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verify } from './database.mjs';
import { cpuSeconds, cpuSecondsOfFamily, programs, run, startServer } from './processes.mjs';

/**
 * @typedef {import('./load.mjs').LoadResult} LoadResult
 * @typedef {object} Bench what a case has to work with
 * @property {import('./database.mjs').BenchDatabase} database
 * @property {string} directory temporary; logs and scripts go here
 * @property {number} connections
 * @property {number} baselineConnections to the database, of the baselines B and C
 * @property {number} warmUpMs
 * @property {number} durationMs
 *
 * @typedef {Record<string, number>} Figures by `name unit`, e.g. `p99 ms`; `rate` is the case's own
 * @typedef {object} Case
 * @property {string} name
 * @property {string} meaning
 * @property {string} unit of its rate
 * @property {(bench: Bench) => Promise<Figures | undefined>} run undefined: it cannot be run here
 */

/** @type {readonly Case[]} */
export const cases = [
  { name: 'echo', meaning: 'A: Express parses and echoes', unit: 'requests/s', run: echo },
  { name: 'insert', meaning: 'B: Express and one INSERT a request', unit: 'payments/s', run: insert },
  { name: 'pgbench', meaning: 'C: pgbench with that INSERT', unit: 'payments/s', run: pgbench },
  { name: 'accept', meaning: 'Ferry: api alone, payments accepted', unit: 'payments/s', run: accept },
  { name: 'settle', meaning: 'Ferry: ferry start, payments ended', unit: 'payments/s', run: settle },
];

/** The aims of issue 3. */
export const aims = [
  { of: 'accept', over: 'echo', aim: 0.6 },
  { of: 'accept', over: 'insert', aim: 1.5 },
  { of: 'accept', over: 'pgbench', aim: 1.0 },
  { of: 'settle', over: 'insert', aim: 0.6 },
];

/** @param {Bench} bench */
async function echo(bench) {
  const server = await startServer(programs.baseline, [], {}, logOf(bench, 'echo'));
  try {
    await load(bench, server.url, bench.warmUpMs);
    return await measured(bench, server.pid, async () => figures(await load(bench, server.url, bench.durationMs)));
  } finally {
    await server.stop();
  }
}

/** @param {Bench} bench */
async function insert(bench) {
  const { name, url } = await bench.database.createPlain();
  const environment = { DATABASE_URL: url, CONNECTIONS: String(bench.baselineConnections) };
  const server = await startServer(programs.baseline, [], environment, logOf(bench, 'insert'));
  try {
    const warm = await load(bench, server.url, bench.warmUpMs);
    await bench.database.checkpoint();
    const result = await measured(bench, server.pid, async () =>
      figures(await load(bench, server.url, bench.durationMs)),
    );
    await expectRows(bench, name, 'payment', warm.accepted + result.accepted);
    return result;
  } finally {
    await server.stop();
    await bench.database.drop(name);
  }
}

const INSERT_SCRIPT = `\\set n random(1, 1000000000000)
insert into payment (tenant_id, id, kind, rail, amount_minor, currency, reference, metadata, status, attempts,
  next_attempt_at, sweep_at, version, correlation_id, traceparent, created_at, updated_at)
values ('default', uuidv7(), 'PAYMENT', 'simulated', 10050, 'USD', 'bench-' || :client_id || '-' || :n, '{}', 'PENDING', 0,
  now(), now(), 1, '0191d2c5-7b5e-7c3a-9b1e-3f0a4c599a57', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', now(), now());
`;

/** @param {Bench} bench */
async function pgbench(bench) {
  const program = globSync('/usr/lib/postgresql/*/bin/pgbench').sort().at(-1);
  if (!program || !existsSync(program)) return undefined;
  const { name, url } = await bench.database.createPlain();
  try {
    const script = join(bench.directory, 'insert.sql');
    writeFileSync(script, INSERT_SCRIPT);
    const pgbenchFor = (/** @type {number} */ ms) =>
      run(program, [
        '-n',
        '-M',
        'prepared',
        '-c',
        String(bench.baselineConnections),
        '-j',
        '2',
        '-T',
        String(Math.ceil(ms / 1000)),
        '-f',
        script,
        url,
      ]);
    await pgbenchFor(1000);
    await bench.database.checkpoint();
    const before = cpuSecondsOfFamily(bench.database.pid);
    const output = await pgbenchFor(bench.durationMs);
    const cpu = cpuSecondsOfFamily(bench.database.pid) - before;
    return {
      rate: numberIn(output, /tps = ([\d.]+)/),
      'mean ms': numberIn(output, /latency average = ([\d.]+)/),
      'postgres cpu cpu-s/1000': (cpu / numberIn(output, /actually processed: (\d+)/)) * 1000,
    };
  } finally {
    await bench.database.drop(name);
  }
}

/** Payments wait: there is no worker, and no RabbitMQ. @param {Bench} bench */
async function accept(bench) {
  const { name, environment } = await bench.database.createFerry();
  const { DATABASE_URL } = environment;
  const server = await startServer(programs.api, [], { ...ferryEnvironment(), DATABASE_URL }, logOf(bench, 'accept'));
  try {
    const warm = await load(bench, server.url, bench.warmUpMs);
    await bench.database.checkpoint();
    const result = await measured(bench, server.pid, async () =>
      figures(await load(bench, server.url, bench.durationMs)),
    );
    await expectRows(bench, name, 'payments.payments', warm.accepted + result.accepted);
    await expectRows(bench, name, 'payments.payment_history', warm.accepted + result.accepted);
    await expectRows(bench, name, 'messaging.outbox', warm.accepted + result.accepted);
    await expectRows(bench, name, 'payments.idempotency_keys', warm.accepted + result.accepted);
    await verify(environment);
    return { ...result, 'mean batch payments': meanBatch(await server.metrics(), 'create') };
  } finally {
    await server.stop();
    await bench.database.drop(name);
  }
}

/** Counted until the last payment has ended; the events are relayed meanwhile, and the outbox must get empty. @param {Bench} bench */
async function settle(bench) {
  const { name, environment } = await bench.database.createFerry();
  const server = await startServer(
    programs.cli,
    ['start'],
    { ...ferryEnvironment(), ...environment },
    logOf(bench, 'settle'),
  );
  try {
    const warm = await load(bench, server.url, bench.warmUpMs);
    await until(bench, name, ALL_ENDED);
    await until(bench, name, ALL_RELAYED);
    await bench.database.checkpoint();
    const result = await measured(bench, server.pid, async () => {
      const loaded = await load(bench, server.url, bench.durationMs);
      const waiting = await bench.database.query(name, NOT_ENDED);
      await until(bench, name, ALL_ENDED);
      const endedSeconds = (Date.now() - loaded.startedAtMs) / 1000;
      await until(bench, name, ALL_RELAYED);
      const relayedSeconds = (Date.now() - loaded.startedAtMs) / 1000;
      return {
        ...figures(loaded),
        rate: loaded.accepted / endedSeconds,
        'accepted payments/s': loaded.accepted / loaded.seconds,
        'relayed payments/s': loaded.accepted / relayedSeconds,
        'waiting when the load ends payments': Number(waiting[0].count),
      };
    });
    const latency = await endedAfter(bench, name, warm.accepted);
    await expectRows(
      bench,
      name,
      `payments.payments where status in ('SUCCESS', 'FAILED')`,
      warm.accepted + result.accepted,
    );
    await verify(environment);
    return { ...result, ...latency, 'mean batch payments': meanBatch(await server.metrics(), 'create') };
  } finally {
    await server.stop();
    await bench.database.drop(name);
  }
}

const NOT_ENDED = `select count(*) from payments.payments where sweep_at is not null or attention is not null`;
const ALL_ENDED = `select not exists (select from payments.payments where sweep_at is not null or attention is not null) as done`;
const ALL_RELAYED = 'select not exists (select from messaging.outbox) as done';

/** From create to end, by the rows' own times; the warm-up's payments, which are the oldest, left out. @param {Bench} bench @param {string} name @param {number} warmUp */
async function endedAfter(bench, name, warmUp) {
  const [row] = await bench.database.query(
    name,
    `select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from updated_at - created_at) * 1000) as ms
      from (select * from payments.payments order by id offset $1) p`,
    [warmUp],
  );
  return { 'create-to-end p50 ms': row.ms[0], 'create-to-end p99 ms': row.ms[1] };
}

const SETTLE_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** @param {Bench} bench @param {string} name @param {string} question a query for one row with `done` */
async function until(bench, name, question) {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  while (!(await bench.database.query(name, question))[0].done) {
    if (performance.now() > deadline) throw new Error(`not done after ${SETTLE_TIMEOUT_MS} ms: ${question}`);
    await sleep(POLL_MS);
  }
}

/** Settings are the defaults, but for those that the caller's environment names. */
const ferryEnvironment = () =>
  Object.fromEntries(
    ['LOG_LEVEL', 'CREATE_BATCH_MAX', 'CREATE_CONCURRENCY', 'DB_POOL_MAX', 'WORKER_PREFETCH', 'RELAY_BATCH']
      .filter((name) => process.env[name])
      .map((name) => [name, process.env[name]]),
  );

/** @param {Bench} bench @param {string} name */
const logOf = (bench, name) => join(bench.directory, `${name}.log`);

/** @param {Bench} bench @param {string} url @param {number} durationMs @returns {Promise<LoadResult>} */
async function load(bench, url, durationMs) {
  const options = { url: `${url}/api/v1/payments`, connections: bench.connections, durationMs };
  const result = JSON.parse(await run(process.execPath, [programs.load, JSON.stringify(options)]));
  if (Object.keys(result.refused).length > 0) throw new Error(`not all were 201: ${JSON.stringify(result.refused)}`);
  return result;
}

/** @param {LoadResult} result */
const figures = ({ accepted, seconds, latencyMs, cpuSeconds: loadCpu }) => ({
  accepted,
  rate: accepted / seconds,
  'p50 ms': latencyMs.p50,
  'p95 ms': latencyMs.p95,
  'p99 ms': latencyMs.p99,
  'load cpu cpu-s/1000': (loadCpu / accepted) * 1000,
});

/**
 * Adds what the work cost: CPU seconds for 1,000 payments, of the node process and of PostgreSQL.
 * @template {{ accepted: number }} T
 * @param {Bench} bench @param {number} pid @param {() => Promise<T>} work
 */
async function measured(bench, pid, work) {
  const before = { node: cpuSeconds(pid), postgres: cpuSecondsOfFamily(bench.database.pid) };
  const result = await work();
  const cost = (/** @type {number} */ seconds) => (seconds / result.accepted) * 1000;
  return {
    ...result,
    'node cpu cpu-s/1000': cost(cpuSeconds(pid) - before.node),
    'postgres cpu cpu-s/1000': cost(cpuSecondsOfFamily(bench.database.pid) - before.postgres),
  };
}

/** What was answered is there: no more and no less. @param {Bench} bench @param {string} name @param {string} from @param {number} expected */
async function expectRows(bench, name, from, expected) {
  const [row] = await bench.database.query(name, `select count(*) from ${from}`);
  if (Number(row.count) !== expected) throw new Error(`${row.count} rows in ${from}, and ${expected} answers 201`);
}

/** Payments a transaction, warm-up included. @param {string} metrics @param {string} name of the batcher */
const meanBatch = (metrics, name) =>
  numberIn(metrics, new RegExp(`^ferry_batch_size_sum\\{.*name="${name}".*\\} ([\\d.]+)$`, 'm')) /
  numberIn(metrics, new RegExp(`^ferry_batch_size_count\\{.*name="${name}".*\\} ([\\d.]+)$`, 'm'));

/** @param {string} text @param {RegExp} pattern */
function numberIn(text, pattern) {
  const found = pattern.exec(text);
  if (!found) throw new Error(`no ${String(pattern)} in:\n${text}`);
  return Number(found[1]);
}
