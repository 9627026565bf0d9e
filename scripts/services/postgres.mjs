import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './certificates.mjs';
import { demand, postgresBin } from './programs.mjs';
import { startService } from './service.mjs';

// Durable as in production (fsync is on), but it cleans up often and admits many parallel test files.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  autovacuum_naptime: '5s',
};

/** A PostgreSQL cluster of its own, with the superuser `postgres`. With `tls` it admits no connection without. */
export async function startPostgres({ tls } = {}) {
  demand('postgres');
  const bin = postgresBin();
  const password = randomBytes(12).toString('hex');
  const url = (port) => `postgres://postgres:${password}@${tls ? 'localhost' : '127.0.0.1'}:${port}/postgres`;
  return startService({
    name: 'postgres',
    user: 'postgres',
    ports: 1,
    stopSignal: 'SIGINT',
    orphanSignal: 'SIGQUIT', // unlike SIGKILL it leaves no System V shared memory behind
    prepare: (home) => initialise(home, bin, password, tls),
    command: ({ directory, ports: [port] }) => {
      const options = Object.entries({ ...settings, ...(tls && encrypted(directory)), port }).flatMap(
        ([name, value]) => ['-c', `${name}=${value}`],
      );
      return [join(bin, 'postgres'), '-D', join(directory, 'data'), ...options];
    },
    isReady: ({ ports: [port] }) => selectsOne(join(bin, 'psql'), `${url(port)}${tls ? '?sslmode=require' : ''}`),
    address: ({ ports: [port] }) => ({ url: url(port) }),
    discard: ({ directory }) => removeSharedMemory(join(directory, 'data', 'postmaster.pid')),
  });
}

const encrypted = (directory) => ({
  ssl: 'on',
  ssl_cert_file: join(directory, 'server.pem'),
  ssl_key_file: join(directory, 'server.key'),
});

async function initialise({ directory, run }, bin, password, tls) {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o644 }); // the directory above it is closed to others
  await run([
    join(bin, 'initdb'),
    '-D',
    join(directory, 'data'),
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
    '--no-instructions',
  ]);
  if (!tls) return;
  handOver(tls, directory, 'postgres');
  writeFileSync(join(directory, 'data', 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
}

function selectsOne(psql, url) {
  return new Promise((resolve) => {
    execFile(psql, ['-X', '-A', '-t', '-c', 'SELECT 1', url], { timeout: 5_000 }, (error, answer) =>
      resolve(error === null && answer.trim() === '1'),
    );
  });
}

/** A killed server leaves its lock file; the seventh line names its shared memory: key and id. */
function removeSharedMemory(lockFile) {
  const id = lines(lockFile)[6]?.trim().split(/\s+/)[1];
  if (id !== undefined) spawnSync('ipcrm', ['-m', id], { stdio: 'ignore' });
}

function lines(file) {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
