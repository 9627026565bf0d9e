import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '@ferry/kernel';
import { frozen, signal } from './freeze.js';

const GONE_TIMEOUT_MS = 5_000;
const POLL_MS = 10;

/** The embedded PostgreSQL as an outsider sees it: by its pid file. Its parent may have been killed any number of times. */
export class Postmaster {
  constructor(
    private readonly dataDirectory: string,
    private readonly tree: { killTree(pid: number): void; descendants(pid: number): number[] },
  ) {}

  port(): number {
    return Number(this.lines()[3]);
  }

  /** SIGKILL for it and its backends; resolves when they are gone. */
  async kill(): Promise<void> {
    const pid = this.pid();
    if (pid === undefined) return;
    this.tree.killTree(pid);
    while (isAlive(pid)) await sleep(POLL_MS);
  }

  freeze(): () => void {
    const pid = this.pid();
    return pid === undefined ? () => {} : frozen(pid, (parent) => this.tree.descendants(parent));
  }

  /** Immediate shutdown, at the end of this process: unlike SIGKILL it leaves no shared memory behind. Does not return before it is gone. */
  stopNow(): void {
    const pid = this.pid();
    if (pid === undefined) return;
    signal(pid, 'SIGQUIT');
    const deadline = performance.now() + GONE_TIMEOUT_MS;
    while (isAlive(pid) && performance.now() < deadline) pause(POLL_MS);
    if (isAlive(pid)) signal(pid, 'SIGKILL');
  }

  /** Undefined when it does not run: a pid alone proves nothing, another program may have it by now. */
  private pid(): number | undefined {
    const pid = Number(this.lines()[0]);
    return pid > 0 && commandOf(pid).includes(this.dataDirectory) ? pid : undefined;
  }

  private lines(): readonly string[] {
    const file = join(this.dataDirectory, 'postmaster.pid');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  }
}

/** From /proc; empty for a pid that nobody has. */
const commandOf = (pid: number): string => fileOf(pid, 'cmdline');

function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** A killed process that its parent has not buried yet is dead enough. */
const isAlive = (pid: number): boolean => !/^(|.*\) Z .*)$/s.test(fileOf(pid, 'stat'));

/** Blocks: at the exit of a process nothing else can wait. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
