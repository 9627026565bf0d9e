import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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

/** Resident memory of a process in MB (2^20 bytes); NaN where there is no /proc. @param {number} pid */
export function residentMb(pid) {
  if (!ticksPerSecond) return NaN;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
