import { BatcherFull, traceIdOf, Unavailable } from '@ferry/kernel';
import { PROBLEM_TYPE, type Answer } from './answer.js';
import type { FaultRule } from './fault-rules.js';
import { problemCodes, type ProblemCode } from './problem-codes.js';

/** What is wrong with one field. `pointer` (RFC 6901) is there for fields of the body. */
export interface FieldFault {
  readonly field: string;
  readonly rule: FaultRule;
  readonly detail: string;
  readonly pointer?: string | undefined;
}

interface ProblemExtras {
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the document, snake_case. */
  readonly members?: Readonly<Record<string, string>>;
}

/** A refusal with a code of the table. Thrown by routes, turned into an RFC 9457 document in one place. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** Faults named in one answer at most: a body of 64 kB can break thousands of rules, and nobody reads that many. */
const FAULTS_MAX = 50;

export const invalidRequest = (errors: readonly FieldFault[]): Problem => blaming('invalid-request', 'Bad', errors);

/** A problem that names fields. */
export function blaming(code: ProblemCode, what: string, errors: readonly FieldFault[]): Problem {
  const named = errors.slice(0, FAULTS_MAX);
  const fields = fieldsOf(named);
  const more = errors.length > FAULTS_MAX ? ` and ${errors.length - FAULTS_MAX} more` : '';
  return new Problem(code, `${what}: ${fields}${more}.`, { errors: named });
}

/** Each once, for the sentence that sums them up. */
export const fieldsOf = (faults: readonly FieldFault[]): string =>
  [...new Set(faults.map(({ field }) => field))].join(', ');

/** Seconds. Long enough that a herd of refused clients does not come back into the same congestion, short for a person. */
const RETRY_AFTER_S = 1;

/** Every thrown value as a problem; `undefined` for those that are mistakes of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const headers = { 'Retry-After': String(RETRY_AFTER_S) };
  if (error instanceof BatcherFull) return new Problem('unavailable', 'Too many requests are waiting.', { headers });
  if (error instanceof Unavailable)
    return new Problem('unavailable', 'A service behind the API does not answer.', { headers });
  return undefined;
}

export const internalError = new Problem('internal-error', 'Something went wrong on our side.');

/** The path of a code's description: the `type` of its documents. Relative, so it holds under any host name. */
export const problemPath = (code: string): string => `/problems/${code}`;

/** The RFC 9457 document. */
export function problemAnswer({ code, detail, extras }: Problem, requestId: string, traceparent: string): Answer {
  const { status, title, retryable } = problemCodes[code];
  const document = {
    type: problemPath(code),
    title,
    status,
    detail,
    instance: `/requests/${requestId}`,
    code,
    retryable,
    trace_id: traceIdOf(traceparent),
    ...extras.members,
    errors: extras.errors,
  };
  return { status, type: PROBLEM_TYPE, body: JSON.stringify(document), headers: extras.headers };
}
