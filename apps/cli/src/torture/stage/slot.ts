import type { ChildProcess } from 'node:child_process';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sleep, Stalls, stopwatch, timedSteadily, type Stopwatch } from '@ferry/kernel';
import type { Role } from '../faults/catalogue.js';
import { spawnNode } from './children.js';
import { cleanEnvironment } from './settings.js';

/** Built code, whether we run from dist/ ourselves or, in a test, from src/. */
const built = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const programs: Readonly<Record<Role, readonly string[]>> = {
  api: [built('api/dist/main.js')],
  worker: [built('worker/dist/main.js')],
  ferry: [built('cli/dist/main.js'), 'start'],
};
export const ferryProgram = built('cli/dist/main.js');

const ASK_TIMEOUT_MS = 3_000;
const POLL_MS = 50;
/** A process that is asked to end must have done so by then: SHUTDOWN_TIMEOUT_MS and its grace. */
const STOP_LIMIT_MS = 10_000;
/** A start takes 1 s of CPU, of which a loaded machine of two cores gives little; one that was frozen finds the calls of all that time. */
const YOUNG_MS = 10_000;
/** One that dies again and again is not started for ever. */
const DEATHS_MAX = 20;

export interface Health {
  readonly status: string;
  readonly checks?: Readonly<Record<string, { readonly status: string }>>;
}

export interface SlotOptions {
  readonly role: Role;
  readonly number: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Where it answers `/health/ready`. */
  readonly healthUrl: string;
  readonly logDirectory: string;
}

/** A place for one process. Whatever is killed in it is started again with the same settings, on the same ports. */
export class Slot {
  readonly name: string;
  /** Counts the processes that have stood here. */
  generation = 0;
  frozen = false;
  /** How processes ended that nobody had killed, or did not end as they were asked to. */
  readonly deaths: string[] = [];
  private child: ChildProcess | undefined;
  private exited: Promise<number | null> = Promise.resolve(null);
  private undisturbedMs: Stopwatch = () => Infinity;
  private readonly log: number;

  constructor(private readonly options: SlotOptions) {
    this.name = `${options.role} ${options.number}`;
    this.log = openSync(join(options.logDirectory, `${options.role}-${options.number}.log`), 'a');
  }

  get role(): Role {
    return this.options.role;
  }

  /** Whether its process was started or thawed a moment ago, and has not come to itself yet. */
  get isYoung(): boolean {
    return this.undisturbedMs() < YOUNG_MS;
  }

  start(): void {
    const { role, settings } = this.options;
    this.generation += 1;
    this.undisturbedMs = stopwatch();
    writeSync(this.log, `\n--- process ${this.generation} of this place, ${new Date().toISOString()}\n`);
    const child = spawnNode(programs[role], {
      env: cleanEnvironment(settings),
      // A group of its own: Ctrl-C in a terminal is ours to answer.
      detached: true,
      stdio: ['ignore', this.log, this.log],
    });
    this.child = child;
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.deaths.push(`${this.name} ended by itself (${String(code ?? signal)})`);
      if (this.deaths.length < DEATHS_MAX) this.start();
    });
  }

  /** SIGKILL. The place stays empty until `start`. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** SIGKILL, for an exit that cannot wait. */
  killNow(): void {
    this.child?.kill('SIGKILL');
  }

  /** SIGTERM; answers how the process ended, and how long that took. */
  async terminate(): Promise<{ code: number | null; ms: number }> {
    const { answer: code, ms } = await timedSteadily(() => this.end('SIGTERM'));
    if (code !== 0 || ms > STOP_LIMIT_MS)
      this.deaths.push(`${this.name} answered SIGTERM with code ${String(code)} after ${Math.round(ms)} ms`);
    return { code, ms };
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    this.child = undefined; // what it does now, we wanted
    child?.kill(signal);
    return this.exited;
  }

  freeze(): void {
    this.frozen = true;
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
    this.frozen = false;
    this.undisturbedMs = stopwatch();
  }

  /** What the process says of itself; undefined when it says nothing. */
  async health(path = '/health/ready'): Promise<Health | undefined> {
    try {
      const answer = await fetch(`${this.options.healthUrl}${path}`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
      return (await answer.json()) as Health;
    } catch {
      return undefined;
    }
  }

  /**
   * Milliseconds, those in which we stood still ourselves not counted, until the health satisfies `wanted`; undefined when the process was replaced meanwhile, `Infinity` when it did not
   * within `timeoutMs`.
   */
  async until(wanted: (health: Health) => boolean, timeoutMs: number): Promise<number | undefined> {
    const { generation } = this;
    const stalls = Stalls.watch();
    const started = performance.now();
    const waitedMs = (now = performance.now()): number => now - started - stalls.between(started, now);
    try {
      while (waitedMs() < timeoutMs) {
        const health = await this.health();
        if (this.generation !== generation || this.frozen || this.child === undefined) return undefined;
        if (health !== undefined && wanted(health)) return waitedMs();
        await sleep(POLL_MS);
      }
      return Infinity;
    } finally {
      stalls.stop();
    }
  }
}
