import type { HeaderObject, HeadersObject } from 'openapi3-ts/oas31';
import type { HeaderDoc, Route } from './route.js';

export type HeaderDocs = Readonly<Record<string, HeaderDoc>>;

const ofEveryAnswer: Readonly<Record<string, HeaderObject>> = {
  'X-Correlation-Id': { description: "The request's name in logs.", required: true, schema: { type: 'string' } },
};

/** Of answers to somebody who has limits, whatever the answer is. */
const ofLimits: Readonly<Record<string, HeaderObject>> = {
  'RateLimit-Policy': {
    description: 'The limits of the key and its tenant, if they have any: requests (`q`) in so many seconds (`w`).',
    schema: { type: 'string' },
    example: '"key";q=600;w=60',
  },
  RateLimit: {
    description: 'How they stand: requests that are left (`r`) and the seconds until all are there again (`t`).',
    schema: { type: 'string' },
    example: '"key";r=599;t=60',
  },
};

/** Written once in the document; answers name them. */
export const commonHeaders = { ...ofEveryAnswer, ...ofLimits };

const named = (headers: object): HeadersObject =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** What an answer of this route has, beside headers of its own. */
export const responseHeaders = (route: Route, own: HeaderDocs = {}): HeadersObject =>
  Object.assign(named(route.for === 'everybody' ? ofEveryAnswer : commonHeaders), own);
