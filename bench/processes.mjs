import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
export const programs = {
  baseline: join(root, 'bench/baseline.mjs'),
  load: join(root, 'bench/load.mjs'),
  api: join(root, 'apps/api/dist/main.js'),
  cli: join(root, 'apps/cli/dist/main.js'),
};

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 12_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends, by their ids, the processes that were started here and still run. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} environment besides PATH, nothing else is passed on
 * @param {import('node:child_process').StdioOptions} stdio
 */
function start(program, args, environment, stdio) {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, ALLOCATIONS_DIR: process.env.ALLOCATIONS_DIR, ...environment },
    stdio,
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * A command that ends by itself: what it printed. Rejects, with its last words, when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} [environment]
 */
export async function run(program, args, environment = {}) {
  const child = start(program, args, environment, ['ignore', 'pipe', 'pipe']);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (errors += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}${errors}`);
  return output;
}

/**
 * An HTTP server of a node program, answering; its log goes to a file, so that nobody spends CPU on reading it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} environment
 * @param {string} logFile
 */
export async function startServer(program, args, environment, logFile) {
  const [port, metricsPort] = await Promise.all([freePort(), freePort()]);
  const log = openSync(logFile, 'a');
  const nodeArgs = process.env.BENCH_NODE_ARGS?.split(' ') ?? [];
  const child = start(
    process.execPath,
    [...nodeArgs, program, ...args],
    {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      ...environment,
    },
    ['ignore', log, log],
  );
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${program} is not ready:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    await sleep(20);
  }
  const metrics = () => fetch(`http://127.0.0.1:${metricsPort}/metrics`).then((answer) => answer.text());
  return { url, metrics, pid: /** @type {number} */ (child.pid), stop: () => stop(child) };
}

/** @param {string} url */
const isReady = (url) =>
  fetch(`${url}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null) throw new Error(`process ${child.pid} had ended with ${child.exitCode}`);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(late);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}

const ticksPerSecond = process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'])) : NaN;

/** User and system time of a process, all its threads: its own, and that of its children that have ended. */
function cpuTimes(/** @type {number} */ pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { own: (user + system) / ticksPerSecond, ended: (endedUser + endedSystem) / ticksPerSecond };
}

/** CPU seconds of a process so far; NaN where there is no /proc. */
export const cpuSeconds = (/** @type {number} */ pid) => (ticksPerSecond ? cpuTimes(pid).own : NaN);

/**
 * CPU seconds so far of a process and all children it ever had: PostgreSQL. A child that ends while we look would be counted
 * neither as running nor as ended, so we look again.
 * @param {number} pid
 * @returns {number}
 */
export function cpuSecondsOfFamily(pid) {
  if (!ticksPerSecond) return NaN;
  const { own, ended } = cpuTimes(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  try {
    return children.reduce((sum, child) => sum + cpuSeconds(Number(child)), own + ended);
  } catch (error) {
    // ESRCH: it ended between opening and reading.
    if (['ENOENT', 'ESRCH'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? ''))
      return cpuSecondsOfFamily(pid);
    throw error;
  }
}
