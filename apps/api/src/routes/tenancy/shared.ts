import { Digits, isJsonObject, isUuid } from '@ferry/kernel';
import type { Occasion, Principal } from '@ferry/tenancy';
import { addressOf } from '../../access/address.js';
import { check, pointerTo, type Dto } from '../../http/check.js';
import type { FaultRule } from '../../http/fault-rules.js';
import { invalidRequest, Problem } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';

/** Problems of every route with a body. */
export const bodyProblems = ['malformed-json', 'incomplete-body', 'body-too-large', 'unsupported-media-type'] as const;

/** Items of a page when no limit is given. */
export const PAGE = '20';

const HOUR_MS = 3_600_000;
const OVERLAP_HOURS = 24;

/** For how long the old one stays valid beside the new one. */
export const overlapMs = (hours: Digits | undefined): number =>
  (hours === undefined ? OVERLAP_HOURS : Number(hours.text)) * HOUR_MS;

export const tooMuch = (what: string): Problem => new Problem('grant-exceeded', `You may not give away ${what}.`);

/** Who does it, from where, in which request: for the audit log. */
export const occasionOf = ({ request, requestId }: RequestContext, { kind, id }: Principal): Occasion => ({
  actor: { kind, id },
  address: addressOf(request),
  requestId,
});

/** The body as this DTO; a body that may be absent counts as one without fields. */
export async function readBody<T extends object>(dto: (new () => T) & Dto, context: RequestContext): Promise<T> {
  const body = context.hasBody ? await context.readJson() : {};
  if (!isJsonObject(body)) throw badField('body', 'object', 'must be a JSON object', '#');
  const faults = check(dto, body, pointerTo);
  if (faults.length > 0) throw invalidRequest(faults);
  return body as T;
}

export const badField = (field: string, rule: FaultRule, detail: string, pointer = pointerTo(...field.split('.'))) =>
  invalidRequest([{ field, rule, detail, pointer }]);

/** The `:id` of the path. */
export function idOf(context: RequestContext): string {
  const id = context.param('id');
  if (!isUuid(id)) throw invalidRequest([{ field: 'id', rule: 'uuid', detail: 'must be a UUID in lower case' }]);
  return id;
}

/** Numbers as doubles: there are no amounts in what is read by this. A number that is none stays a text, which no rule takes. */
export function plain(value: unknown): unknown {
  if (value instanceof Digits) return Number.isSafeInteger(Number(value.text)) ? Number(value.text) : value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
