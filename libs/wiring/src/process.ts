import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { errorFields, type Logger } from '@ferry/kernel';
import { createLogger } from '@ferry/logging';
import { PrometheusMeter } from '@ferry/metrics';
import { WrongSchema } from '@ferry/postgres';
import { startTracing } from '@ferry/tracing';
import { Lifecycle } from './lifecycle.js';
import {
  BadSettings,
  notRead,
  readSettings,
  type EngineSettings,
  type Settings,
  type Specs,
} from './settings/index.js';

/** Exit codes of every Ferry program; docs/operations.md explains them. */
export const exitCodes = { ok: 0, failed: 1, badSettings: 2, wrongSchema: 3, brokenInvariants: 4 } as const;

/** What every process has before it has anything else. */
export interface Runtime {
  readonly logger: Logger;
  readonly meter: PrometheusMeter;
  readonly lifecycle: Lifecycle;
  /** Aborts when the process begins to stop. */
  readonly closing: AbortSignal;
  /** Something that cannot be gone on without is lost: closes everything and exits with 1. */
  readonly fail: (what: string, error: unknown) => void;
}

export type RuntimeSettings = Pick<
  EngineSettings,
  'LOG_LEVEL' | 'LOG_FORMAT' | 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'SHUTDOWN_TIMEOUT_MS'
>;

/** The last word belongs to this timer: a part that ignores its own bound cannot keep the process. */
const GRACE_MS = 1_000;
const SAME_SIGNAL_MS = 500;

/**
 * V8 puts objects into the old space at once when most of those that a line of code made have survived a collection. Here they do while a
 * batch waits for the database, and die with it: made old, they kept all that they point to, which was copied again and again, 4 MB instead
 * of 0.9 at each collection of young ones, in two runs of three (docs/performance.md). NODE_OPTIONS does not take this flag.
 */
const V8_FLAGS = '--no-allocation-site-pretenuring';

/**
 * Runs a long-lived process: `start` opens things and leaves how to close them with the lifecycle. SIGTERM and SIGINT close everything in
 * reverse order within SHUTDOWN_TIMEOUT_MS; a second signal ends the process at once.
 */
export async function runProcess(
  service: string,
  version: string,
  settings: RuntimeSettings,
  start: (runtime: Runtime) => Promise<void>,
): Promise<void> {
  setFlagsFromString(V8_FLAGS);
  const instance = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const logger = createLogger({ level: settings.LOG_LEVEL, format: settings.LOG_FORMAT, service, instance });
  const meter = new PrometheusMeter({ service, version });
  const lifecycle = new Lifecycle();
  const closing = new AbortController();
  let stoppingSince: number | undefined;

  const stop = async (why: string, exitCode: number): Promise<void> => {
    const now = performance.now();
    if (stoppingSince !== undefined) {
      // A terminal and npm both hand on one Ctrl-C; a person's second one comes later.
      if (now - stoppingSince > SAME_SIGNAL_MS) process.exit(exitCode || exitCodes.failed);
      return;
    }
    stoppingSince = now;
    logger.info('stopping', { why });
    setTimeout(() => process.exit(exitCodes.failed), settings.SHUTDOWN_TIMEOUT_MS + GRACE_MS).unref();
    await lifecycle.untilMayClose();
    // In one turn of the event loop with closing the listener: see HttpServer.close of the API.
    closing.abort();
    await lifecycle.close(settings.SHUTDOWN_TIMEOUT_MS, logger);
    logger.info('stopped', { took_ms: Math.round(performance.now() - now) });
    process.exitCode = exitCode;
    // Lines still in the pipe to stdout would be cut off by exit() alone.
    process.stdout.write('', () => process.exit(exitCode));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal, exitCodes.ok));
  const fail = (what: string, error: unknown): void => {
    logger.error(what, { ...errorFields(error), stack: error instanceof Error ? error.stack : undefined });
    void stop(what, exitCodes.failed);
  };
  process.on('uncaughtException', (error) => fail('uncaught exception', error));
  process.on('unhandledRejection', (error) => fail('unhandled rejection', error));

  try {
    if (settings.OTEL_EXPORTER_OTLP_ENDPOINT) {
      const tracing = await startTracing({ endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT, service, version });
      lifecycle.onClose('tracing', () => tracing.shutdown());
    }
    await start({ logger, meter, lifecycle, closing: closing.signal, fail });
  } catch (error) {
    if (stoppingSince !== undefined) return;
    logger.error('cannot start', errorFields(error));
    await stop('cannot start', exitCodeOf(error));
  }
}

/** Of an error that ends a program. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof BadSettings) return exitCodes.badSettings;
  return error instanceof WrongSchema ? exitCodes.wrongSchema : exitCodes.failed;
}

/** The first thing of a program: reads its settings, or says every mistake and exits with 2. Of what it does not read, it says that. */
export function runMain<S extends Specs>(specs: S, run: (settings: Settings<S>) => Promise<void>): void {
  for (const line of notRead(process.env)) process.stderr.write(`${line}\n`);
  let settings: Settings<S>;
  try {
    settings = readSettings(specs, process.env);
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCodes.badSettings);
  }
  void run(settings);
}
