import type { IncomingMessage } from 'node:http';
import { Digits, holdsCardNumber, mayHoldCardNumber } from '@ferry/kernel';
import { pointerTo } from './check.js';
import { blaming, type FieldFault, type Problem } from './problem.js';

/** Headers that are stored, logged or passed on. */
const keptHeaders = ['X-Correlation-Id', 'Idempotency-Key', 'X-Idempotency-Key'] as const;

/** Longer paths are cut: they are the client's own words. */
const NAME_SHOWN_MAX = 64;
const POINTER_SHOWN_MAX = 256;

const refusal = (faults: readonly FieldFault[]): Problem =>
  blaming('card-number-refused', 'Card numbers do not belong here', faults);

/** Never with the value: an answer is kept by more programs than read it. */
const fault = (field: string, pointer?: string): FieldFault => ({
  field: field.slice(0, NAME_SHOWN_MAX).toWellFormed(),
  rule: 'card-number',
  detail: 'looks like the number of a payment card',
  pointer: pointer?.slice(0, POINTER_SHOWN_MAX),
});

/** Throws `card-number-refused` if one stands in the URL or in a header that is kept. */
export function refuseCardNumbersAround(request: IncomingMessage, params: Readonly<Record<string, unknown>>): void {
  const faults = keptHeaders
    .filter((name) => holdsCardNumber(request.headers[name.toLowerCase()]?.toString() ?? ''))
    .map((name) => fault(name));
  // A query may write a space as a plus.
  if (mayBeWrittenIn(request.url ?? '', /[%+]/)) faults.push(...faultsOfUrl(request.url ?? '', params));
  if (faults.length > 0) throw refusal(faults);
}

function faultsOfUrl(url: string, params: Readonly<Record<string, unknown>>): FieldFault[] {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  const named = [...Object.entries(params), ...query].filter(([, value]) => holdsCardNumber(String(value)));
  return [
    ...named.map(([name]) => fault(holdsCardNumber(name) ? 'query' : name)),
    ...[...query.keys()].filter(holdsCardNumber).map(() => fault('query')),
  ];
}

/** Throws `card-number-refused` if one stands in the body: in a text, a number or a name, however deep. */
export function refuseCardNumbersIn(body: unknown, text: string): void {
  if (!mayBeWrittenIn(text, /\\/)) return;
  const faults = [...faultsOfBody(body)];
  if (faults.length > 0) throw refusal(faults);
}

/** Digits may be written as escapes, too: only the reading of what was written can tell. */
const mayBeWrittenIn = (text: string, escape: RegExp): boolean => escape.test(text) || mayHoldCardNumber(text);

/** A value and its way from the top, each step linked to the one before: copies of it would make deep bodies dear. */
interface Place {
  readonly value: unknown;
  readonly name: string;
  readonly within: Place | undefined;
}

/** By a list of what is left and not by recursion: JSON may be deeper than the stack. */
function* faultsOfBody(body: unknown): Iterable<FieldFault> {
  const left: Place[] = [{ value: body, name: '', within: undefined }];
  for (let place = left.pop(); place; place = left.pop()) {
    const { value } = place;
    if (typeof value === 'string' || value instanceof Digits) {
      if (holdsCardNumber(typeof value === 'string' ? value : value.text)) yield faultAt(place);
    } else if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value);
      // What has such a name is not looked into: its place could not be told without the name.
      if (members.some(([name]) => holdsCardNumber(name))) yield faultAt(place);
      else for (const [name, inner] of members) left.push({ value: inner, name, within: place });
    }
  }
}

function faultAt(place: Place): FieldFault {
  const path: string[] = [];
  for (let at: Place = place; at.within; at = at.within) path.unshift(at.name);
  return fault(path[0] ?? 'body', pointerTo(...path));
}
