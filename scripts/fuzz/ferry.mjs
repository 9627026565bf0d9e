// Ferry as it is started by `npm start`, with keys, on a database of its own that is thrown away.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const START_MS_MAX = 60_000;

const settings = {
  FERRY_AUTH: 'keys',
  FERRY_ENCRYPTION_KEYS: `fuzz:${randomBytes(32).toString('base64')}`,
  HOST: '127.0.0.1',
  PORT: '0',
  ADMIN_PORT: '0',
  METRICS_PORT: '0',
  LOG_FORMAT: 'json',
  // Requests for /health are logged too.
  LOG_LEVEL: 'debug',
  // One payment at a time, and slowly, so that some wait and can be cancelled.
  WORKER_PREFETCH: '1',
  SIMULATED_LATENCY: 'uniform',
  // The fuzzer says that each of its requests comes from another address.
  TRUST_PROXY: '127.0.0.1',
};

/**
 * `urls` of both listeners; `keys` by who has them: the owner has every scope that a tenant can have, the unit too, but of one business
 * unit only, the reader has next to none, the operator rules tenants; the ids that must be `kept` so that these are let in; the `lines`
 * of the log; `endedBy`, the code or signal; the `directory` of its data, which `stop` removes.
 */
export async function startFerry() {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-fuzz-'));
  const env = { ...process.env, ...settings, FERRY_DATA_DIR: directory };
  try {
    const operator = await made(env, ['tenants', 'create', 'fuzz-operator', '--operator']);
    await made(env, ['tenants', 'create', 'fuzz']);
    // With a limit that is never reached, so that answers tell how it stands.
    const owner = await made(env, ['keys', 'create', 'fuzz', '--rate', '1000000']);
    const reader = await made(env, ['keys', 'create', 'fuzz', '--scopes', 'usage:read']);
    const unit = await made(env, ['keys', 'create', 'fuzz', '--unit', 'default']);
    const all = { operator, owner, reader, unit };
    const keys = Object.fromEntries(Object.entries(all).map(([who, { key }]) => [who, key]));
    const kept = Object.values(all).flatMap(({ tenant_id: tenant, key_id: key }) => [tenant, key]);
    return { keys, kept, directory, ...(await start(env, directory)) };
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
  const endedBy = () => child.exitCode ?? child.signalCode ?? undefined;
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    const [tenants, operators] = ['api listens', 'operators api listens'].map((what) => {
      const said = lines.find(({ message }) => message === what);
      return said && `http://127.0.0.1:${said.port}`;
    });
    if (tenants && operators) return { urls: { tenants, operators }, lines, endedBy, stop };
    if (endedBy() !== undefined || Date.now() > deadline) {
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
