import type { IncomingMessage } from 'node:http';
import { limits } from '@ferry/payments';
import type { FaultRule } from '../../http/fault-rules.js';
import { invalidRequest } from '../../http/problem.js';

const names = ['idempotency-key', 'x-idempotency-key'] as const;
const printable = /^[\x20-\x7e]+$/;
/** An RFC 9651 string: in quotes, with `\"` and `\\` inside. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

const refuse = (rule: FaultRule, detail: string): never => {
  throw invalidRequest([{ field: 'Idempotency-Key', rule, detail }]);
};

/** The key of `Idempotency-Key` or `X-Idempotency-Key`, bare or as a structured-field string: both spell the same key. */
export function readIdempotencyKey(request: IncomingMessage): string | undefined {
  const { headers } = request;
  if (headers['idempotency-key'] === undefined && headers['x-idempotency-key'] === undefined) return undefined;
  // Node joins a repeated header with commas, which are good characters of a key: only the distinct values tell.
  const keys = new Set(names.flatMap((name) => request.headersDistinct[name] ?? []).map(unquote));
  return keys.size === 1 ? [...keys][0] : refuse('repeated', 'must be given once, or twice with the same key');
}

function unquote(text: string): string {
  const match = quoted.exec(text);
  if (!match && text.startsWith('"')) refuse('characters', 'has an opening quote but is no structured-field string');
  const key = match ? (match[1] ?? '').replace(/\\(["\\])/g, '$1') : text;
  if (key.length < 1 || key.length > limits.idempotencyKeyLength)
    refuse('length', `must have 1 to ${limits.idempotencyKeyLength} characters`);
  if (!printable.test(key)) refuse('characters', 'must be printable ASCII');
  return key;
}
