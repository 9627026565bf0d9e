import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { atExit } from './workspace.js';

const live = new Set<ChildProcess>();
atExit(() => live.forEach((child) => child.kill('SIGKILL')));

/** A Node program that does not outlive this process. */
export function spawnNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, [...args], options);
  live.add(child);
  child.once('exit', () => live.delete(child));
  return child;
}
