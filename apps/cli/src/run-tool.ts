import { errorFields, type Logger } from '@ferry/kernel';
import { createLogger } from '@ferry/logging';
import {
  BadSettings,
  exitCodeOf,
  exitCodes,
  Lifecycle,
  readSettings,
  type RuntimeSettings,
  type Settings,
  type Specs,
} from '@ferry/wiring';

export interface Tool {
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** A line for people and scripts, on standard output. */
  readonly print: (line: string) => void;
  /** What goes on, on standard error, once the command has run for longer than two seconds. */
  readonly progress: (what: string) => void;
  /** Ends the command with this code when it is done. */
  readonly exitWith: (code: number) => void;
}

const QUIET_MS = 2_000;
const CLOSE_MS = 10_000;

/** Runs a command that ends by itself: settings, errors, progress and exit code are handled here, alike for all. */
export async function runTool<S extends Specs>(
  specs: S,
  run: (settings: Settings<S>, tool: Tool) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const lifecycle = new Lifecycle();
  let exitCode: number = exitCodes.ok;
  let logger: Logger | undefined;
  try {
    const settings = readSettings(specs, process.env);
    const { LOG_LEVEL, LOG_FORMAT } = settings as unknown as RuntimeSettings;
    const toolLogger = createLogger({
      level: LOG_LEVEL,
      format: LOG_FORMAT,
      service: 'ferry',
      instance: String(process.pid),
    });
    logger = toolLogger;
    await run(settings, {
      logger: toolLogger,
      lifecycle,
      print: (line) => process.stdout.write(`${line}\n`),
      progress: (what) => {
        if (performance.now() - started > QUIET_MS) process.stderr.write(`... ${what}\n`);
      },
      exitWith: (code) => {
        exitCode = code;
      },
    });
  } catch (error) {
    process.stderr.write(
      `${error instanceof BadSettings ? error.message : `ferry: ${String(errorFields(error).error)}`}\n`,
    );
    exitCode = exitCodeOf(error);
  }
  if (logger) await lifecycle.close(CLOSE_MS, logger);
  process.stdout.write('', () => process.exit(exitCode));
}
