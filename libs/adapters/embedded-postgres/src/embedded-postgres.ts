import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { sleep, type Logger } from '@ferry/kernel';
import pg from 'pg';
import { binaries } from './binaries.js';
import { initialise, SUPERUSER } from './initialise.js';
import { clearLeftover } from './leftover.js';
import { readSecrets } from './secrets.js';
import { freePort, isPortTaken, untilReady } from './server-process.js';
import { unprivileged } from './unprivileged-user.js';

export { AlreadyRunning } from './leftover.js';

export interface EmbeddedPostgresOptions {
  /** Holds `postgres/` (the data) and `secrets.json` (the passwords); made when missing. */
  readonly directory: string;
  readonly database: string;
  /** Passwords are made once for these roles and kept. */
  readonly roles: readonly string[];
  /** More settings, e.g. `{ max_connections: '200' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const STOP_TIMEOUT_MS = 15_000;
/** Ports that are tried: between the look for a free one and the server's own listen somebody else may take it. */
const PORT_TRIES = 5;

/**
 * Loopback only, no socket file, durable (fsync stays on). Vacuum looks every 5 s, because the outbox turns over thousands of rows a second and
 * must stay small; see docs/operations.md.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  autovacuum_naptime: '5s',
  max_wal_size: '2GB',
  shared_buffers: '256MB',
};

/** A killed server is started again this often within a minute; then something is wrong and we say so. */
const RESTARTS_PER_MINUTE = 10;
/** Backends of a killed postmaster need a moment to notice; until then a new one refuses the shared memory. */
const RESTART_TRIES = 40;
const RESTART_PAUSE_MS = 250;

/** Connections break before the process that held them is known to have ended. */
const END_NOTICED_MS = 500;

async function endsSoon(child: ChildProcess): Promise<boolean> {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  for (const started = performance.now(); !hasEnded(); await sleep(END_NOTICED_MS / 10))
    if (performance.now() - started > END_NOTICED_MS) return false;
  return true;
}

/** By an administrator, or by a crash of another session. */
const wasTerminated = (error: unknown): boolean =>
  /^(connection terminated|terminating connection)/i.test(error instanceof Error ? error.message : '');

/** A real PostgreSQL 18 in a child process of ours, with its data kept between runs; brought back when it is killed. */
export class EmbeddedPostgres {
  private child!: ChildProcess;
  private stopping = false;
  private restarts: number[] = [];
  private gaveUp!: (error: Error) => void;
  /** Rejects when the server ended and could not be brought back; otherwise never settles. */
  readonly failed = new Promise<never>((_, reject) => {
    this.gaveUp = reject;
  });

  private constructor(
    private readonly spawnServer: () => ChildProcess,
    private readonly port: number,
    private readonly database: string,
    private readonly secrets: Readonly<Record<string, string>>,
    private readonly logger: Logger,
  ) {
    this.failed.catch(() => {});
  }

  static async start(options: EmbeddedPostgresOptions, logger: Logger): Promise<EmbeddedPostgres> {
    const programs = await binaries();
    const dataDir = resolve(options.directory, 'postgres');
    mkdirSync(options.directory, { recursive: true, mode: 0o755 });
    const runAs = unprivileged(options.directory, programs.postgres);
    const secrets = readSecrets(options.directory, [SUPERUSER, ...options.roles]);
    if (!existsSync(dataDir)) await initialise(programs.initdb, dataDir, secrets[SUPERUSER] as string, runAs);
    const environment = await clearLeftover(dataDir);
    const flags = Object.entries({ ...settings, ...options.settings }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    // A session of its own: Ctrl-C in a terminal reaches us alone, and we stop the database after the last payment.
    const spawnAt = (port: number): ChildProcess =>
      spawn(programs.postgres, ['-D', dataDir, '-p', String(port), ...flags], {
        ...runAs,
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...environment, LC_MESSAGES: 'C' },
      });
    const launched = async (tries: number): Promise<EmbeddedPostgres> => {
      const port = await freePort();
      const server = new EmbeddedPostgres(() => spawnAt(port), port, options.database, secrets, logger);
      try {
        await server.launch();
        return server;
      } catch (error) {
        if (tries <= 1 || !isPortTaken(error)) throw error;
        return launched(tries - 1);
      }
    };
    const server = await launched(PORT_TRIES);
    await server.outlasting(() => server.createDatabase(options.database));
    return server;
  }

  /** Does again what the server or its session did not live through, once it is back; only for what may be done twice. */
  async outlasting<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const { child } = this;
      try {
        return await work();
      } catch (error) {
        if (await endsSoon(child)) await Promise.race([this.isReplaced(child), this.failed]);
        else if (!wasTerminated(error)) throw error;
      }
    }
  }

  private async isReplaced(former: ChildProcess): Promise<void> {
    while (this.child === former) await sleep(RESTART_PAUSE_MS);
  }

  private async launch(): Promise<void> {
    const child = this.spawnServer();
    await untilReady(child, this.logger);
    this.child = child;
    child.once('exit', (code, signal) => {
      if (!this.stopping) void this.bringBack(`code ${String(code)}, signal ${String(signal)}`);
    });
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('embedded PostgreSQL ended at once');
  }

  private async bringBack(why: string): Promise<void> {
    this.logger.warn('embedded PostgreSQL ended, starting it again', { why });
    const now = performance.now();
    this.restarts = [...this.restarts.filter((at) => now - at < 60_000), now];
    if (this.restarts.length > RESTARTS_PER_MINUTE)
      return this.gaveUp(new Error('embedded PostgreSQL ends again and again'));
    for (let attempt = 1; !this.stopping; attempt += 1) {
      try {
        return await this.launch();
      } catch (error) {
        if (attempt >= RESTART_TRIES) return this.gaveUp(error as Error);
        await sleep(RESTART_PAUSE_MS);
      }
    }
  }

  /** Login of the administrator, or of one of the roles. */
  url(role: string = SUPERUSER, database = this.database): string {
    return `postgres://${role}:${this.secrets[role]}@127.0.0.1:${this.port}/${database}`;
  }

  password(role: string): string {
    return this.secrets[role] as string;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  async createDatabase(name: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url(SUPERUSER, 'postgres') });
    // The statement rejects by it as well; unheard it would end the process.
    client.on('error', () => {});
    await client.connect();
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
      if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  }

  /** Fast shutdown: open transactions are rolled back, data is flushed. Call it last. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(late);
  }
}
