import { randomInt, randomUUID } from 'node:crypto';
import type { Field, Schema } from './operations.js';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
/** Neither `i` nor `l`, `o`, `u`: the letters of API keys are among these. */
const LETTERS = 'abcdefghjkmnpqrstvwxyz';

export const isUuid = (text: string): boolean => uuid.test(text) && text.length === 36;

const randomLetters = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

const letterLike = (letter: string): string =>
  letter === letter.toLowerCase() ? randomLetters(1) : randomLetters(1).toUpperCase();

/** A name that nobody has: short enough for every field, and of letters that every field takes. */
export const newMark = (): string => `atk-${randomLetters(16)}`;

/**
 * Of the same form and length, and nobody's. It begins alike, so that it is looked for in the same place and has the same place in
 * an order: a UUID keeps all but the last digits, because those made in one millisecond differ by a counter before them.
 */
export function alike(value: string): string {
  const [known] = uuid.exec(value) ?? [];
  if (known) return value.replaceAll(known, otherUuid(known));
  const inside = Buffer.from(value, 'base64url').toString('latin1');
  if (uuid.test(inside)) return Buffer.from(alike(inside), 'latin1').toString('base64url');
  const kept = Math.max(value.lastIndexOf('_') + 1, value.lastIndexOf('-') + 1, Math.ceil(value.length / 2));
  for (;;) {
    const changed = value.slice(0, kept) + value.slice(kept).replace(/[a-z]/gi, letterLike);
    const other = changed === value ? value.replace(/\d/g, () => String(randomInt(10))) : changed;
    if (other !== value || !/[a-z\d]/i.test(value.slice(kept))) return other;
  }
}

const DIGITS_CHANGED = 4;

function otherUuid(known: string): string {
  for (;;) {
    const other = `${known.slice(0, -DIGITS_CHANGED)}${randomUUID().slice(-DIGITS_CHANGED)}`;
    if (other !== known) return other;
  }
}

/** Something that the schema takes. */
export function sample({ type, enum: words, format, minimum = 0, items }: Schema): unknown {
  if (words) return words[0];
  switch (type) {
    case 'integer':
    case 'number':
      return Math.max(minimum, 1);
    case 'array':
      return items ? [sample(items)] : [];
    case 'object':
      return {};
    case 'boolean':
      return true;
  }
  if (format === 'date') return new Date().toISOString().slice(0, 10);
  if (format === 'date-time') return new Date(Date.now() + 86_400_000).toISOString();
  if (format === 'uuid') return randomUUID();
  return newMark();
}

/** The mark, if the field is the client's to choose and can hold it. */
function marked({ type, enum: words, format, pattern = '', maxLength }: Schema, mark: string): string | undefined {
  const text = mark.slice(0, maxLength);
  const isFree = type === 'string' && words === undefined && format === undefined;
  return isFree && new RegExp(pattern, 'u').test(text) ? text : undefined;
}

/** The example with the mark in every text that is the client's to choose. */
export function ownBody(example: unknown, fields: readonly Field[], mark: string): Record<string, unknown> {
  const given = typeof example === 'object' && example !== null ? (example as Record<string, unknown>) : {};
  const own = fields.flatMap(({ name, schema, required }) => {
    if (name in given || required) return [[name, marked(schema, mark) ?? given[name] ?? sample(schema)] as const];
    return [];
  });
  return { ...given, ...Object.fromEntries(own) };
}
