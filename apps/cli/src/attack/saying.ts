import type { Reply } from './caller.js';

const SHORT = 8;

/** Differ from request to request, whoever asks for whatever. */
const passing = ['date', 'x-correlation-id', 'ratelimit', 'ratelimit-policy', 'connection', 'keep-alive'];

const spellings = (value: string): readonly string[] => [
  value,
  encodeURIComponent(value),
  new URLSearchParams({ a: value }).toString().slice(2),
];

/** What an answer says: status, headers and body, without what was sent and what is new in each answer. */
export function sayingOf({ status, headers, text }: Reply, sent: readonly string[]): string {
  const kept = Object.entries(headers)
    .filter(([name]) => !passing.includes(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  // What was sent may be as short as a letter, and then stand within what is new each time.
  const isShort = (value: string): boolean => value.length < SHORT;
  const long = sent.filter((value) => !isShort(value));
  const said = without(`${status}\n${kept.join('\n')}\n\n${text}`, long)
    .replace(/("next_cursor":"|[?&]cursor=)[\w-]+/g, '$1<cursor>')
    .replace(/fk_(live|test)_[0-9a-z]{12}(_[0-9a-z]{52})?/g, '<key>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\batk-[a-z]{16}\b/g, '<mark>')
    .replace(/"trace_id":"[0-9a-f]{32}"/g, '"trace_id":<trace>');
  return without(said, sent.filter(isShort));
}

/** In one pass, so that nothing is found in what stands in its place. */
function without(text: string, values: readonly string[]): string {
  if (values.length === 0) return text;
  const escaped = values.flatMap(spellings).map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return text.replace(new RegExp(escaped.sort((a, b) => b.length - a.length).join('|'), 'g'), '<sent>');
}

/** The values of an answer, JSON or JSON Lines; nothing for other forms. */
export function jsonIn({ headers, text }: Reply): readonly unknown[] {
  const type = headers['content-type'] ?? '';
  if (type.includes('jsonl'))
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return /\bjson\b/.test(type) ? [JSON.parse(text) as unknown] : [];
}

/** Every text in a JSON value, with the name of its field. */
export function* textsIn(value: unknown, name = ''): Generator<readonly [name: string, text: string]> {
  if (typeof value === 'string') yield [name, value];
  else if (Array.isArray(value)) for (const one of value) yield* textsIn(one, name);
  else if (typeof value === 'object' && value !== null)
    for (const [inner, one] of Object.entries(value)) yield* textsIn(one, inner);
}
