import { isoTime, traceIdOf, type LogFields } from '@ferry/kernel';
import { currentOrigin } from './origin-context.js';
import { boundedText, plainFields } from './plain.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Entry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
  readonly at: Date;
  readonly service: string;
  readonly instance: string;
}

/** Longest line, in characters; collectors cut longer ones anywhere (Docker at 16 KiB) and the rest is no JSON any more. */
export const lineMax = 16_000;

/** One JSON object. Escaped by JSON, so no field can begin a line of its own. */
export function jsonLine(entry: Entry, stacks: boolean): string {
  const fixed = fixedMembers(entry);
  // First for the eye, and last again so that no field can stand in for them.
  const line = visible(JSON.stringify({ ...fixed, ...plainFields(entry.fields ?? {}, { stacks }), ...fixed }));
  return line.length <= lineMax
    ? line
    : visible(JSON.stringify({ ...fixed, truncated: `the fields made ${line.length} characters` }));
}

const colours: Readonly<Record<LogLevel, string>> = {
  debug: '\x1b[90m',
  info: '\x1b[36m',
  warn: '\x1b[33m',
  error: '\x1b[31m',
};

/** For a person at a terminal: `12:03:04.567 INFO  message  name=value ...`, one line. */
export function prettyLine(entry: Entry, stacks: boolean, coloured: boolean): string {
  const { level, message, timestamp, correlation_id } = fixedMembers(entry);
  const fields = plainFields({ ...entry.fields, correlation_id }, { stacks });
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  const text = pairs
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  const time = timestamp.slice('2026-01-02T'.length, -1);
  const line = visible(`${message} ${text}`).slice(0, lineMax).trimEnd();
  const name = level.toUpperCase().padEnd(5);
  return `${time} ${coloured ? `${colours[entry.level]}${name}\x1b[0m` : name} ${line}`;
}

function fixedMembers({ at, level, message, service, instance }: Entry) {
  const origin = currentOrigin();
  return {
    timestamp: isoTime(at),
    level,
    message: boundedText(message),
    service,
    instance,
    ...(origin && { correlation_id: origin.correlationId, trace_id: traceIdOf(origin.traceparent) }),
  };
}

/**
 * Control characters as JSON escapes: line ends, terminal codes, and those that JSON itself lets through although some readers
 * take them for line ends (U+0085, U+2028, U+2029) or for the start of a terminal code (U+009B).
 */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) => named[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
