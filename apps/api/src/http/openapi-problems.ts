import type { ResponseObject } from 'openapi3-ts/oas31';
import { PROBLEM_TYPE } from './answer.js';
import { responseHeaders, type HeaderDocs } from './openapi-headers.js';
import { Problem, problemAnswer } from './problem.js';
import { problemCodes, type ProblemCode } from './problem-codes.js';
import type { HeaderDoc, Route } from './route.js';

const place: HeaderDoc = { description: 'The payment that has the reference.', schema: { type: 'string' } };

const seconds: HeaderDoc = { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } };
const challenge: HeaderDoc = { description: 'RFC 6750.', schema: { type: 'string' } };

const headersOf: Partial<Record<ProblemCode, HeaderDocs>> = {
  unavailable: { 'Retry-After': seconds },
  'rate-limited': { 'Retry-After': seconds },
  unauthenticated: { 'WWW-Authenticate': challenge },
  'insufficient-scope': { 'WWW-Authenticate': challenge },
  'duplicate-reference': { Location: place, Link: place },
};

/** Of whatever is asked. */
const anyProblems = [
  'malformed-url',
  'malformed-http',
  'request-timeout',
  'expectation-failed',
  'card-number-refused',
  'headers-too-large',
  'internal-error',
] as const;

const tenantProblems = [
  'invalid-request',
  'unauthenticated',
  'insufficient-scope',
  'tenant-suspended',
  'not-acceptable',
  'rate-limited',
  'unavailable',
] as const;

const reachProblems = (route: Route): readonly ProblemCode[] =>
  route.for === 'tenant' && route.reach === 'tenant' ? ['outside-business-unit'] : [];

/** The problems of a route and those that any route of its kind can answer. */
const problemsOf = (route: Route): readonly ProblemCode[] => [
  ...new Set<ProblemCode>([
    ...route.problems,
    ...anyProblems,
    ...(route.for === 'everybody' ? [] : tenantProblems),
    ...reachProblems(route),
  ]),
];

/** By status, as OpenAPI wants it. A status that the route answers in a form of its own stays as the route says. */
export function problemResponses(route: Route): Record<string, ResponseObject> {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problemCodes[code].status);
  const entries = [...byStatus].filter(([status]) => !(status in route.answers));
  return Object.fromEntries(entries.map(([status, codes]) => [String(status), problemResponse(route, codes)]));
}

const problemResponse = (route: Route, codes: readonly ProblemCode[]): ResponseObject => ({
  description: codes.map((code) => `\`${code}\`: ${problemCodes[code].title}.`).join(' '),
  headers: responseHeaders(route, Object.assign({}, ...codes.map((code) => headersOf[code])) as HeaderDocs),
  content: {
    [PROBLEM_TYPE.split(';')[0] as string]: {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
    },
  },
});

const exampleOf = (code: ProblemCode): unknown =>
  JSON.parse(
    problemAnswer(
      new Problem(code, problemCodes[code].meaning),
      '7d8f3c1e-3f0a-4c59-9a57-0f4d0a4f1b11',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    ).body.toString(),
  );
