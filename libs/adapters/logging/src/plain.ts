import { redactField, redactText } from './redaction.js';

/** Bounds of one line: a log is read by people and paid for by the byte. */
const depthMax = 6;
const membersMax = 50;
const textMax = 2_000;

export interface PlainOptions {
  /** Errors tell their stack; otherwise name, message and code. */
  readonly stacks: boolean;
}

/** A copy of the fields that JSON can take: bounded, without secrets, safe for bigint, dates, errors, cycles and getters that throw. */
export function plainFields(fields: Readonly<Record<string, unknown>>, options: PlainOptions): Record<string, unknown> {
  return plainObject(fields, options, []);
}

export const boundedText = (text: string): string => {
  const safe = redactText(text.length > textMax ? text.slice(0, textMax) : text);
  return text.length > textMax ? `${safe}... (${text.length} characters)` : safe;
};

function plain(value: unknown, options: PlainOptions, parents: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return boundedText(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value.toString();
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : plainOf(value, options, parents);
    default:
      return value;
  }
}

function plainOf(value: object, options: PlainOptions, parents: readonly object[]): unknown {
  if (parents.includes(value)) return '[circular]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Error) return plainError(value, options, [...parents, value]);
  if (value instanceof URL) return boundedText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (parents.length >= depthMax) return '[deeper]';
  const chain = [...parents, value];
  if (value instanceof Map) return plainObject(Object.fromEntries(firstOf(value)), options, chain);
  if (Array.isArray(value) || value instanceof Set) return plainList([...firstOf(value)], value, options, chain);
  return plainObject(value as Record<string, unknown>, options, chain);
}

function plainList(
  first: unknown[],
  of: unknown[] | Set<unknown>,
  options: PlainOptions,
  chain: readonly object[],
): unknown[] {
  const size = Array.isArray(of) ? of.length : of.size;
  const items = first.map((item) => plain(item, options, chain));
  return size > membersMax ? [...items, `... (${size} items)`] : items;
}

function plainObject(
  value: Readonly<Record<string, unknown>>,
  options: PlainOptions,
  chain: readonly object[],
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  const names = Object.keys(value);
  for (const name of names.slice(0, membersMax)) copy[boundedText(name)] = member(value, name, options, chain);
  if (names.length > membersMax) copy['...'] = `${names.length} members`;
  return copy;
}

function member(
  value: Readonly<Record<string, unknown>>,
  name: string,
  options: PlainOptions,
  chain: readonly object[],
): unknown {
  try {
    return plain(redactField(name, value[name]), options, chain);
  } catch (error) {
    return `[unreadable: ${boundedText(String(error))}]`;
  }
}

function plainError(error: Error, options: PlainOptions, chain: readonly object[]): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: boundedText(error.message),
    ...(code !== undefined && { code: plain(code, options, chain) }),
    ...(error.cause !== undefined && {
      cause: chain.length < depthMax ? plain(error.cause, options, chain) : '[deeper]',
    }),
    ...(options.stacks && error.stack !== undefined && { stack: boundedText(error.stack) }),
  };
}

function* firstOf<T>(items: Iterable<T>): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= membersMax) return;
    yield item;
  }
}
