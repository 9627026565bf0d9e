import { readJson, utf8Text } from '@ferry/kernel';
import type { BodyFormat, Channel } from './channel.js';
import { readForm } from './form-body.js';
import { valueAt } from './json-pointer.js';

/** Why nothing could be read at all. */
export const unreadableReasons = {
  'content-type': 'The Content-Type is not that of the channel',
  'not-utf8': 'The body is not UTF-8',
  'not-json': 'The body is no JSON',
  'not-form': 'The body is no form',
  'no-payments': 'There is no list of payments where the channel says',
  'too-many': 'The list of payments is too long',
} as const;
export type UnreadableReason = keyof typeof unreadableReasons;

export interface Unreadable {
  readonly reason: UnreadableReason;
  readonly detail: string;
}

/** The payments of a body, each as it stands there. */
export interface Payments {
  readonly isList: boolean;
  readonly payments: readonly unknown[];
}

/** A body of 64 kB has hardly more; each of them may become a row. */
export const PAYMENTS_MAX = 1_000;

const types: Readonly<Record<BodyFormat, RegExp>> = {
  json: /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i,
  form: /^application\/x-www-form-urlencoded\s*(?:;|$)/i,
};

export function readPayments(channel: Channel, bytes: Uint8Array, contentType: string): Payments | Unreadable {
  if (!types[channel.format].test(contentType)) return unreadable('content-type', `expects ${channel.format}`);
  const text = utf8Text(bytes);
  if (text === undefined) return unreadable('not-utf8', 'has bytes that are no UTF-8');
  const body = channel.format === 'json' ? readJson(text) : readForm(text);
  if ('fault' in body) return unreadable(channel.format === 'json' ? 'not-json' : 'not-form', body.fault);
  const found = channel.payments ? valueAt(body.value, channel.payments) : body.value;
  // The generic body is one payment; what a channel says of one holds for each of a list.
  if (!channel.fields) return { isList: false, payments: [found] };
  if (!Array.isArray(found))
    return channel.payments ? unreadable('no-payments', 'must be a list') : { isList: false, payments: [found] };
  if (found.length > PAYMENTS_MAX) return unreadable('too-many', `has more than ${PAYMENTS_MAX} payments`);
  return { isList: true, payments: found as readonly unknown[] };
}

const unreadable = (reason: UnreadableReason, detail: string): Unreadable => ({ reason, detail });
