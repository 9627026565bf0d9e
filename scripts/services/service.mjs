// The life of one private service: prepared once, started, killed, started again on the same ports and data, removed.
import { once } from 'node:events';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports.mjs';
import { descendants, gone, isRunning, killTree, start, succeeded } from './processes.mjs';
import { isRoot, userIds } from './programs.mjs';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const pollMs = 25;
const logLines = 20;

// Whatever ends this process, its services and their directories go with it.
const live = new Set();
process.on('exit', () => live.forEach((service) => service.discard()));

/**
 * Starts a service of a kind:
 * - `name`, `user` (whom root runs it as), `ports` (how many), `stopSignal` (for an orderly stop);
 * - `prepare(home)`: makes the data directory;
 * - `helpers(home)`: commands that run as long as the service exists, whether it is up or not;
 * - `command(home)`, `env(home)`: the service itself, replaced by no other process (its pid is the service's pid);
 * - `isReady(home)`: whether it accepts work;
 * - `address(home)`: what its users need to know;
 * - `discard(home)`: what a kill leaves behind outside the directory.
 *
 * `home` is `{ directory, ports, run(command) }`.
 */
export async function startService(kind) {
  const service = new Service(kind, await freePorts(kind.ports));
  live.add(service);
  try {
    await service.prepare();
    await service.launch();
  } catch (error) {
    const message = `${kind.name} did not start: ${error.message}\n${service.lastLog()}`;
    await service.stop();
    throw new Error(message, { cause: error });
  }
  return {
    ...kind.address(service.home),
    get pid() {
      return service.child.pid;
    },
    stop: () => service.stop(),
    kill: () => service.kill(),
    restart: () => service.restart(),
  };
}

class Service {
  child;
  helpers = [];

  constructor(kind, ports) {
    this.kind = kind;
    const directory = mkdtempSync(join(tmpdir(), `ferry-${kind.name}-`));
    if (kind.user !== undefined && isRoot()) {
      const { uid, gid } = userIds(kind.user);
      chownSync(directory, uid, gid);
    }
    this.logFile = join(directory, 'service.log');
    this.log = openSync(this.logFile, 'a');
    this.home = { directory, ports, run: (command) => succeeded(command, this.help(command)) };
  }

  options() {
    const { user, orphanSignal, env } = this.kind;
    const { directory } = this.home;
    return {
      user,
      orphanSignal,
      directory,
      log: this.log,
      env: { ...process.env, HOME: directory, ...env?.(this.home) },
    };
  }

  async prepare() {
    await this.kind.prepare?.(this.home);
    for (const command of this.kind.helpers?.(this.home) ?? []) this.help(command);
  }

  help(command) {
    const child = start(command, this.options());
    this.helpers.push(child);
    return child;
  }

  async launch() {
    this.child = start(this.kind.command(this.home), this.options());
    const deadline = Date.now() + startTimeoutMs;
    while (!(await this.kind.isReady(this.home))) {
      if (!isRunning(this.child)) throw new Error(`it exited (${this.child.exitCode ?? this.child.signalCode})`);
      if (Date.now() > deadline) throw new Error(`it accepts no work after ${startTimeoutMs / 1000} s`);
      await sleep(pollMs);
    }
  }

  /** As a crash would: nothing is flushed, nothing is said. */
  async kill() {
    await kill(this.child);
  }

  async restart() {
    await terminate(this.child, this.kind.stopSignal);
    await this.launch();
  }

  async stop() {
    if (!live.delete(this)) return;
    await terminate(this.child, this.kind.stopSignal);
    await Promise.all(this.helpers.map(kill));
    this.remove();
  }

  /** The hard way of `stop`, for a process that has no time to wait. */
  discard() {
    for (const child of [this.child, ...this.helpers]) if (child !== undefined && isRunning(child)) killTree(child.pid);
    this.remove();
  }

  remove() {
    this.kind.discard?.(this.home);
    closeSync(this.log);
    rmSync(this.home.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  lastLog() {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-logLines);
    return lines.map((line) => `  | ${line}`).join('\n');
  }
}

async function terminate(child, stopSignal) {
  if (child === undefined || !isRunning(child)) return;
  const family = descendants(child.pid);
  const exited = once(child, 'exit').then(() => true);
  child.kill(stopSignal);
  const inTime = await Promise.race([exited, sleep(stopTimeoutMs, false, { ref: false })]);
  if (!inTime) await kill(child);
  await gone(family);
}

async function kill(child) {
  if (child === undefined || !isRunning(child)) return;
  const family = descendants(child.pid);
  const exited = once(child, 'exit');
  killTree(child.pid);
  await exited;
  await gone(family);
}
