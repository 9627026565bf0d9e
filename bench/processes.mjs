import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setting } from './settings.mjs';

const root = resolve(import.meta.dirname, '..');
export const programs = {
  baseline: join(root, 'bench/baseline.mjs'),
  load: join(root, 'bench/load/main.mjs'),
  api: join(root, 'apps/api/dist/main.js'),
  worker: join(root, 'apps/worker/dist/main.js'),
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
 * @param {(pid: number) => void} [begun]
 */
export async function run(program, args, environment = {}, begun) {
  const child = start(program, args, environment, ['ignore', 'pipe', 'pipe']);
  if (child.pid !== undefined) begun?.(child.pid);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (errors += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}${errors}`);
  return output;
}

/**
 * A server of a node program, ready; its log goes to a file, so that nobody spends CPU on reading it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} environment
 * @param {string} logFile
 * @param {{ nodeArgs?: readonly string[], healthOnMetrics?: boolean }} [options] a worker tells its health on its metrics' port
 */
export async function startServer(program, args, environment, logFile, { nodeArgs = [], healthOnMetrics } = {}) {
  const [port, metricsPort] = await Promise.all([freePort(), freePort()]);
  const log = openSync(logFile, 'a');
  const child = start(
    process.execPath,
    [...setting('BENCH_NODE_ARGS').split(' ').filter(Boolean), ...nodeArgs, program, ...args],
    {
      // Ferry refuses to run a production without authentication, and is the same without the word.
      ...(program === programs.baseline ? { NODE_ENV: 'production' } : { FERRY_AUTH: 'none' }),
      NODE_OPTIONS: imageNodeOptions(),
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
  while (!(await isReady(healthOnMetrics ? `http://127.0.0.1:${metricsPort}` : url))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${program} is not ready:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    await sleep(20);
  }
  const metrics = () => fetch(`http://127.0.0.1:${metricsPort}/metrics`).then((answer) => answer.text());
  return { url, metrics, pid: /** @type {number} */ (child.pid), stop: () => stop(child) };
}

/** What the images give to node, so that memory is measured as it will be. */
export function imageNodeOptions() {
  const found = /^ENV NODE_OPTIONS="(.*)"$/m.exec(readFileSync(join(root, 'Dockerfile.api'), 'utf8'));
  if (!found) throw new Error('Dockerfile.api has no NODE_OPTIONS');
  return found[1];
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
export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}
