// Starting and killing processes whole: with their user, their parent's death and their children in mind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot } from './programs.mjs';

/**
 * Starts `[file, ...args]` in a process group of its own, under `user` where we are root. The kernel sends it
 * `orphanSignal` when this process dies, however it dies, so that nothing is left behind by a killed test run.
 */
export function start([file, ...args], { user, env, log, directory, orphanSignal = 'SIGKILL' }) {
  const identity = user !== undefined && isRoot() ? [`--reuid=${user}`, `--regid=${user}`, '--init-groups'] : [];
  const supervised = [...identity, `--pdeathsig=${orphanSignal.slice('SIG'.length)}`, '--', file, ...args];
  return spawn('setpriv', supervised, { cwd: directory, env, detached: true, stdio: ['ignore', log, log] });
}

/** Resolves when a command has ended well; rejects when it failed. */
export async function succeeded(command, child) {
  const [code, signalName] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command[0]} failed (${code ?? signalName})`);
}

export function isRunning(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** SIGKILL for a process and everything below it, also for children that left its process group. */
export function killTree(pid) {
  signal(pid, 'SIGSTOP'); // it must not fork while its children are counted
  for (const member of [pid, ...descendants(pid)]) signal(member, 'SIGKILL');
}

/** Resolves when none of the pids is alive any more. */
export async function gone(pids) {
  while (pids.some((pid) => isAlive(pid))) await sleep(10);
}

export function descendants(pid) {
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    const parent = /^\d+$/.test(entry) ? stat(entry)?.parent : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const below = (parent) => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid) {
  const state = stat(pid)?.state;
  return state !== undefined && state !== 'Z';
}

/** Parent and state from /proc/PID/stat: "pid (name) state parent ...", where the name may hold anything. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
