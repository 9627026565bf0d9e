/** A JSON number as its digits were sent: an amount never becomes a double. */
export class Digits {
  constructor(readonly text: string) {}
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** The reviver's third argument is ES2026, in V8 since 11.4; not yet in TypeScript's lib. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

const asSent: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined ? new Digits(source) : value;

/** More than any body of a payment has; what reads it later goes down as deep. */
const DEPTH_MAX = 50;
class TooDeep extends RangeError {}

/** The JSON value of a text, every number as `Digits`; or why it is none. A name that is given twice could mean either. */
export function readJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    const value = parse(text, asSent);
    return keysIn(value, 0) === keysWritten(text) ? { value } : { fault: 'a name is given twice in one object' };
  } catch (error) {
    return { fault: error instanceof RangeError ? 'is nested too deep' : 'is not JSON' };
  }
}

/** `text` is JSON, so a colon outside of strings follows a name. */
const keysWritten = (text: string): number => text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1;

function keysIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || value instanceof Digits) return 0;
  if (depth > DEPTH_MAX) throw new TooDeep();
  const inner = Object.values(value);
  return inner.reduce<number>((sum, one) => sum + keysIn(one, depth + 1), Array.isArray(value) ? 0 : inner.length);
}

export const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits);
