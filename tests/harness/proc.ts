import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of processes, and what it does to them. */

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']).toString());

/** Parent, and CPU ticks in user and system mode, of `pid (name) state parent ...`, where the name may hold anything. */
function stat(pid: number): { parent: number; ticks: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

export const cpuSeconds = (pid: number): number => stat(pid).ticks / ticksPerSecond;

export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kb) / 1024;
}

function children(parent: number): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      return stat(pid).parent === parent;
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

/** Stops a process and all below it, the parent first: it must not fork while its children are stopped. */
export function freeze(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const child of children(pid)) freeze(child);
}

export function thaw(pid: number): void {
  for (const child of children(pid)) thaw(child);
  signal(pid, 'SIGCONT');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
