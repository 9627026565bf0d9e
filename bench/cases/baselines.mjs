import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSecondsOfFamily } from '../cpu.mjs';
import { expectRows, figures, load, logOf, measured, numberIn } from '../measure.mjs';
import { programs, run, startServer } from '../processes.mjs';
import { latencies } from '../statistics.mjs';

/** @typedef {import('../measure.mjs').Bench} Bench */

/** A. @param {Bench} bench */
export async function echo(bench) {
  const server = await startServer(programs.baseline, [], {}, logOf(bench, 'echo'));
  try {
    await load(bench, server.url, bench.warmUpMs);
    return await measured(bench, { node: server.pid }, async () =>
      figures(await load(bench, server.url, bench.durationMs)),
    );
  } finally {
    await server.stop();
  }
}

/** B. @param {Bench} bench */
export async function insert(bench) {
  const { name, url } = await bench.database.createPlain();
  const environment = { DATABASE_URL: url, CONNECTIONS: String(bench.baselineConnections) };
  const server = await startServer(programs.baseline, [], environment, logOf(bench, 'insert'));
  try {
    const warm = await load(bench, server.url, bench.warmUpMs);
    await bench.database.checkpoint();
    const result = await measured(bench, { node: server.pid }, async () =>
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
const PGBENCH_WARM_UP_MS = 1_000;

/** C. @param {Bench} bench */
export async function pgbench(bench) {
  const program = globSync('/usr/lib/postgresql/*/bin/pgbench').sort().at(-1);
  if (!program) return undefined;
  const { name, url } = await bench.database.createPlain();
  const script = join(bench.directory, 'insert.sql');
  writeFileSync(script, INSERT_SCRIPT);
  const pgbenchFor = (/** @type {number} */ ms, /** @type {string[]} */ ...more) => {
    const options = `-n -M prepared -c ${bench.baselineConnections} -j 2 -T ${Math.ceil(ms / 1000)}`;
    return run(program, [...options.split(' '), ...more, '-f', script, url]);
  };
  try {
    await pgbenchFor(PGBENCH_WARM_UP_MS);
    await bench.database.checkpoint();
    const before = cpuSecondsOfFamily(bench.database.pid);
    const log = join(mkdtempSync(join(bench.directory, 'pgbench-')), 'log');
    const output = await pgbenchFor(bench.durationMs, '-l', `--log-prefix=${log}`);
    const cpu = cpuSecondsOfFamily(bench.database.pid) - before;
    const accepted = numberIn(output, /actually processed: (\d+)/);
    return {
      accepted,
      rate: numberIn(output, /tps = ([\d.]+)/),
      ...logged(globSync(`${log}.*`)),
      'postgres cpu cpu-s/1000': (cpu / accepted) * 1000,
    };
  } finally {
    await bench.database.drop(name);
  }
}

/** A line a transaction; the third column is its time in microseconds. @param {readonly string[]} files */
function logged(files) {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
  const { p50, p95, p99 } = latencies(lines.map((line) => Number(line.split(' ')[2]) / 1000));
  return { 'p50 ms': p50, 'p95 ms': p95, 'p99 ms': p99 };
}
