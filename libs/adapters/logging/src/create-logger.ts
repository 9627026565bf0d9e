import { hostname } from 'node:os';
import type { LogFields, Logger } from '@ferry/kernel';
import winston from 'winston';
import { LinesOfATurn } from './lines-of-a-turn.js';
import { jsonLine, prettyLine, type Entry, type LogLevel } from './lines.js';

export interface LoggerOptions {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  /** E.g. `ferry-api`. */
  readonly service: string;
  /** Tells replicas apart; default host name and process id. */
  readonly instance?: string | undefined;
  /** `json` for collectors, `pretty` for a person at a terminal. Default `json`. */
  readonly format?: 'json' | 'pretty' | undefined;
  /** Where lines go; default stdout. */
  readonly stream?: NodeJS.WritableStream | undefined;
}

/** Where winston's transports look for the finished line (logform's `triple-beam` contract). */
const MESSAGE = Symbol.for('message');

export interface LineLogger extends Logger {
  /** Writes now what would be written at the end of this turn of the event loop. */
  flush(): void;
}

/** The line is finished when winston gets it; without a format of its own winston would render it again as JSON. */
const asItIs = winston.format((info) => info);

/**
 * The kernel's `Logger` over winston: a line per call, with the correlation and trace id of `withOrigin`. Secrets are
 * redacted by field name, phone numbers keep three digits, error stacks appear only when the level is `debug`. A call never throws.
 * Lines are written together at the end of the turn of the event loop in which they were logged, at once when one is an error.
 */
export function createLogger(options: LoggerOptions): LineLogger {
  const {
    level,
    service,
    instance = `${hostname()}-${process.pid}`,
    format = 'json',
    stream = process.stdout,
  } = options;
  const coloured = (stream as NodeJS.WriteStream).isTTY === true;
  const render = format === 'pretty' ? (entry: Entry) => prettyLine(entry, stacks, coloured) : jsonLine;
  const stacks = level === 'debug';
  const sink = winston.createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: asItIs(),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  });
  const lines = new LinesOfATurn((text) => sink.write({ level: 'error', message: '', [MESSAGE]: text }));
  if (stream === process.stdout) process.on('exit', () => lines.flush());
  const at =
    (lineLevel: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      // Before anything is formatted: winston itself takes 4 us for a level that it then drops.
      if (!sink.isLevelEnabled(lineLevel)) return;
      const entry: Entry = { level: lineLevel, message, fields, at: new Date(), service, instance };
      lines.add(rendered(() => render(entry, stacks), entry));
      if (lineLevel === 'error') lines.flush();
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), flush: () => lines.flush() };
}

/** A log call must not become the failure of the work it tells of. */
function rendered(render: () => string, { level, message, at }: Entry): string {
  try {
    return render();
  } catch (error) {
    return JSON.stringify({ timestamp: at.toISOString(), level, message, log_error: String(error) });
  }
}
