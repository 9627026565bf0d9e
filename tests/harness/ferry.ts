import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { sleep, timedSteadily } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { recordEmbeddedPasswords, recordEnvironment, recordProcess } from './record.js';

const root = resolve(import.meta.dirname, '../..');
export const programs = {
  cli: resolve(root, 'apps/cli/dist/main.js'),
  api: resolve(root, 'apps/api/dist/main.js'),
  worker: resolve(root, 'apps/worker/dist/main.js'),
} as const;

const READY_TIMEOUT_MS = 90_000;

/** A Ferry program as a real process, built code, on ports of its own. */
export class FerryProcess {
  readonly lines: Record<string, unknown>[] = [];
  readonly exited: Promise<number | null>;
  /** Exited, and nobody writes any more: whatever was said is in `lines`. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(
    program: keyof typeof programs,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    input?: string,
  ) {
    this.child = spawn(process.execPath, [programs[program], ...args], {
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: '0',
        ADMIN_PORT: '0',
        METRICS_PORT: '0',
        LOG_FORMAT: 'json',
        ...environment,
      },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.end(input);
    const serves = program !== 'cli' || args[0] === 'start';
    recordEnvironment(environment);
    recordProcess(this.child, program, serves ? 'server' : 'output');
    this.child.once('exit', () => recordEmbeddedPasswords(environment['FERRY_DATA_DIR']));
    this.exited = new Promise((done) => this.child.once('exit', (code) => done(code)));
    this.ended = new Promise((done) => this.child.once('close', (code) => done(code)));
    for (const stream of [this.child.stdout, this.child.stderr])
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => this.lines.push(parsed(line)));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** The first log line with this message, waited for. */
  async said(message: string, timeoutMs = READY_TIMEOUT_MS): Promise<Record<string, unknown>> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.lines.find((line) => line.message === message);
      if (found) return found;
      if (performance.now() > deadline || this.child.exitCode !== null)
        throw new Error(`"${message}" was not said:\n${this.lines.map((line) => JSON.stringify(line)).join('\n')}`);
      await sleep(10);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** SIGTERM, and how long the process took to end. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const { answer: code, ms } = await timedSteadily(() => {
      this.signal('SIGTERM');
      return this.exited;
    });
    return { code, ms };
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { text: line };
  }
}

/** `ferry start` or the API, answering. */
export async function startServer(
  program: 'cli' | 'api',
  environment: Readonly<Record<string, string>>,
): Promise<FerryProcess & { url: string; operatorsUrl: string }> {
  const open = { FERRY_AUTH: 'none', ...environment };
  const process_ = new FerryProcess(program, program === 'cli' ? ['start'] : [], open);
  const { port } = await process_.said('api listens');
  const url = `http://127.0.0.1:${String(port)}`;
  const { port: operatorsPort } = await process_.said('operators api listens');
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('it is ready', isReady, READY_TIMEOUT_MS);
  return Object.assign(process_, { url, operatorsUrl: `http://127.0.0.1:${String(operatorsPort)}` });
}

/** A command that ends by itself. */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input?: string,
): Promise<{ code: number | null; output: string }> {
  const process_ = new FerryProcess('cli', args, environment, input);
  const code = await process_.ended;
  return {
    code,
    output: process_.lines.map((line) => (typeof line.text === 'string' ? line.text : JSON.stringify(line))).join('\n'),
  };
}
