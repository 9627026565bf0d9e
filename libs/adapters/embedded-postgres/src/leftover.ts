import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '@ferry/kernel';

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/** A leftover postmaster gets this long to close its files. */
const STOP_TIMEOUT_MS = 15_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const ps = (pid: number, column: string): string => {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
};

/**
 * Clears what a killed Ferry left behind in its data directory. A postmaster that lost its parent is stopped; one that has its
 * parent belongs to a Ferry that runs. A pid file whose pid belongs to another program now (containers reuse them) is overruled
 * by the environment variable that this answers. The pid file itself is never deleted: PostgreSQL's own check stays in force.
 */
export async function clearLeftover(dataDir: string): Promise<NodeJS.ProcessEnv> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return {};
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return {};
  const command = ps(pid, 'command');
  if (!(command.includes('postgres') && command.includes(dataDir))) return { PG_GRANDPARENT_PID: String(pid) };
  const parent = Number(ps(pid, 'ppid'));
  if (parent > 1 && ps(parent, 'command').includes('node'))
    throw new AlreadyRunning(
      `another Ferry (process ${parent}) uses ${dataDir}: stop it, or choose another FERRY_DATA_DIR`,
    );
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline)
      throw new Error(`a leftover PostgreSQL (process ${pid}) in ${dataDir} does not stop`);
    await sleep(50);
  }
  return {};
}
