// Ferry as it is started by `npm start`, with keys, on a database of its own that is thrown away.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const START_MS_MAX = 60_000;

/** `url`, the keys of an operator and of somebody who may do next to nothing, the ids that belong to them, the log, and `stop`. */
export async function startFerry() {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-fuzz-'));
  const env = {
    ...process.env,
    FERRY_DATA_DIR: directory,
    FERRY_AUTH: 'keys',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_FORMAT: 'json',
    // One payment at a time, and slowly, so that some wait and can be cancelled.
    WORKER_PREFETCH: '1',
    SIMULATED_LATENCY: 'uniform',
    // The fuzzer says that each of its requests comes from another address.
    TRUST_PROXY: '127.0.0.1',
  };
  try {
    const operator = await made(env, ['tenants', 'create', 'fuzz', '--operator']);
    const reader = await made(env, ['keys', 'create', 'fuzz', '--scopes', 'usage:read']);
    const kept = [operator.tenant_id, operator.key_id, reader.key_id];
    return { keys: { operator: operator.key, reader: reader.key }, kept, ...(await start(env, directory)) };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function made(env, command) {
  const { lines, ended } = ferry([...command, '--json'], env);
  if ((await ended) !== 0) throw new Error(`ferry ${command.join(' ')}: ${JSON.stringify(lines)}`);
  return lines.find(({ key }) => key !== undefined);
}

async function start(env, directory) {
  const { child, lines, ended } = ferry(['start'], env);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    const said = lines.find(({ message }) => message === 'api listens');
    if (said) return { url: `http://127.0.0.1:${said.port}`, lines, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`ferry start: ${JSON.stringify(lines.slice(-5))}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function ferry(args, env) {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (text) => lines.push(parsed(text)));
  return { child, lines, ended: new Promise((resolve) => child.on('close', resolve)) };
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : { text };
  } catch {
    return { text };
  }
}
