interface CodeEntry {
  readonly status: number;
  readonly title: string;
  /** The same request may succeed later, unchanged. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * Every way in which the API says no. Codes are stable: a client may branch on them. `docs/errors.md` and `GET /problems/:code`
 * are made from this table, and a test holds them together.
 */
export const problemCodes = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    retryable: false,
    meaning: 'The body is no well-formed JSON in UTF-8, names a key twice in one object, or is nested too deep.',
    remedy: 'Send one JSON object; `detail` says where reading stopped.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request breaks a rule',
    retryable: false,
    meaning: 'Fields, parameters or headers are missing, unknown, of the wrong type or out of bounds.',
    remedy: 'Correct what `errors` names; it names every bad field at once.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor does not belong to this query',
    retryable: false,
    meaning: 'The cursor was not made by this API, or it continues a query with other filters.',
    remedy: 'Start again without a cursor, or repeat the filters of the first page.',
  },
  'malformed-url': {
    status: 400,
    title: 'The URL is malformed',
    retryable: false,
    meaning: 'The path or the query has percent-encoding that is not UTF-8.',
    remedy: 'Encode the URL as RFC 3986 says.',
  },
  'malformed-http': {
    status: 400,
    title: 'The request is not HTTP/1.1',
    retryable: false,
    meaning:
      'Request line, headers or chunks are malformed, `Host` is missing, a header that says whose the request is or where it ends is given twice, or `Transfer-Encoding` is another than `chunked`. The connection is closed.',
    remedy: 'Use an HTTP library as it is meant to be used, and look at what proxies on the way change.',
  },
  'incomplete-body': {
    status: 400,
    title: 'The body ended too early',
    retryable: true,
    meaning: 'The connection broke before the whole body had come. Nothing was done.',
    remedy: 'Send the request again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not let in',
    retryable: false,
    meaning: 'No key or token was presented, or one that is not valid here and now. Which of these it is, is not told.',
    remedy: 'Send `Authorization: Bearer` with a valid key; ask your administrator whether it was revoked.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'The scope does not suffice',
    retryable: false,
    meaning: 'The key or token is valid, but may not do this. `detail` names the scope that is needed.',
    remedy: 'Use a key with that scope.',
  },
  'grant-exceeded': {
    status: 403,
    title: 'More than you may give away',
    retryable: false,
    meaning: 'Nobody gives away a scope or a business unit that they do not have, or a live key by a test key.',
    remedy: 'Ask somebody who may do more than you.',
  },
  'outside-business-unit': {
    status: 403,
    title: 'Outside of your business unit',
    retryable: false,
    meaning:
      'The key or person belongs to one business unit, and this is for another one or for the whole tenant. Nothing was written; whether there is such a unit is not told.',
    remedy: 'Leave `business_unit_id` out, or use a key of the whole tenant.',
  },
  'tenant-suspended': {
    status: 403,
    title: 'The tenant is suspended',
    retryable: false,
    meaning: 'A suspended tenant can read and cannot create or change anything. Nothing was written.',
    remedy: 'Ask whoever runs Ferry.',
  },
  'payment-not-found': {
    status: 404,
    title: 'No such payment',
    retryable: false,
    meaning: 'No payment of this tenant has this id, or none of the business unit to which the key belongs.',
    remedy: 'Check the id; list by `reference` to find a payment by its own name.',
  },
  'recorded-payment-not-found': {
    status: 404,
    title: 'No such recorded payment',
    retryable: false,
    meaning: 'No recorded payment of this tenant has this id, or none of the business unit to which the key belongs.',
    remedy: 'Check the id; list by `reference_number` to find one by the name that the other side gave it.',
  },
  'key-not-found': {
    status: 404,
    title: 'No such key',
    retryable: false,
    meaning: 'No API key of this tenant has this id.',
    remedy: 'List the keys.',
  },
  'user-not-found': {
    status: 404,
    title: 'No such person',
    retryable: false,
    meaning: 'No person with this subject is let in.',
    remedy: 'List the people.',
  },
  'secret-not-found': {
    status: 404,
    title: 'No such secret',
    retryable: false,
    meaning: 'No valid secret of this tenant has this id.',
    remedy: 'List the secrets.',
  },
  'channel-not-found': {
    status: 404,
    title: 'No such channel',
    retryable: false,
    meaning: 'The tenant has declared no channel of this name, or none of the business unit to which the key belongs.',
    remedy: 'List the channels, or declare it.',
  },
  'rejected-webhook-not-found': {
    status: 404,
    title: 'No such rejected webhook',
    retryable: false,
    meaning: 'No rejected webhook of this tenant has this id, or it was kept for its time and is gone.',
    remedy: 'List the rejected webhooks.',
  },
  'tenant-not-found': {
    status: 404,
    title: 'No such tenant',
    retryable: false,
    meaning: 'There is no tenant of this id.',
    remedy: 'Check the id; `ferry tenants list` shows all.',
  },
  'route-not-found': {
    status: 404,
    title: 'No such route',
    retryable: false,
    meaning: 'The API has nothing at this path.',
    remedy: 'See `/docs` for the paths; they are case-sensitive and have no trailing slash.',
  },
  'problem-not-found': {
    status: 404,
    title: 'No such problem code',
    retryable: false,
    meaning: 'The table of problems has no such code.',
    remedy: 'See `docs/errors.md` for all codes.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    retryable: false,
    meaning: 'The path exists, but not with this method.',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    retryable: false,
    meaning: 'The `Accept` header excludes the only form in which this route answers.',
    remedy: 'Accept `application/json`.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long',
    retryable: true,
    meaning: 'The headers had not come after 10 s, or the whole request after 15 s. Nothing was done.',
    remedy: 'Send the request again, in one go.',
  },
  'duplicate-reference': {
    status: 409,
    title: 'The reference is taken',
    retryable: false,
    meaning:
      'Another payment of the tenant already has this reference. Nothing was written; `payment_id` and `Link` name the existing one, unless it is of a business unit that the key does not see.',
    remedy: 'Read the existing payment. For a different payment, use a new reference.',
  },
  'name-taken': {
    status: 409,
    title: 'The id is taken',
    retryable: false,
    meaning: 'There is a tenant, a business unit or a person of this id already. Nothing was written.',
    remedy: 'Choose another id, or use what there is.',
  },
  'version-conflict': {
    status: 409,
    title: 'Another version came in between',
    retryable: false,
    meaning: 'The configuration is at another version than the one that was named. Nothing was written.',
    remedy: 'Read it again, apply the change to it, and name its version.',
  },
  'too-many-channels': {
    status: 409,
    title: 'Too many channels',
    retryable: false,
    meaning: 'A tenant has 100 channels at most. Nothing was written.',
    remedy: 'Remove one that is not used any more.',
  },
  'webhook-withheld': {
    status: 409,
    title: 'The body was not kept',
    retryable: false,
    meaning:
      'The body of the rejected webhook held a card number, or was no text: it was not stored, and cannot be replayed.',
    remedy: 'Have its sender send it again without.',
  },
  'key-not-rotatable': {
    status: 409,
    title: 'The key cannot be rotated',
    retryable: false,
    meaning: 'The key is revoked or expired, or another one has taken its place already.',
    remedy: 'Make a new key.',
  },
  'secrets-not-kept': {
    status: 409,
    title: 'No secrets are kept here',
    retryable: false,
    meaning: 'The installation has no key to seal secrets with, and keeps none unsealed. Nothing was written.',
    remedy: 'Ask whoever runs Ferry to set `FERRY_ENCRYPTION_KEYS`.',
  },
  'payment-not-cancellable': {
    status: 409,
    title: 'The payment can no longer be cancelled',
    retryable: false,
    meaning: 'A worker has taken the payment up, or it has ended. `payment_status` says which.',
    remedy: 'Read the payment; one that succeeded can only be paid back.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    meaning: 'A body has at most 65536 bytes.',
    remedy: 'Send less; keep documents elsewhere and put their id into `metadata`.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    retryable: false,
    meaning:
      'The body is not declared as `application/json` in UTF-8, or for a webhook as what its channel expects, or it is compressed.',
    remedy: 'Send `Content-Type: application/json` and no `Content-Encoding`.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation cannot be met',
    retryable: false,
    meaning: 'The `Expect` header asks for something else than `100-continue`.',
    remedy: 'Leave the header out.',
  },
  'payment-not-allowed': {
    status: 422,
    title: 'The tenant does not allow this payment',
    retryable: false,
    meaning:
      'The tenant does not allow the currency, the rail or the amount, or has no such business unit: `errors` names each with its rule. Nothing was written.',
    remedy: 'Ask for what the tenant allows, or change its configuration, which counts within 5 s.',
  },
  'query-too-wide': {
    status: 422,
    title: 'Too much had to be looked at',
    retryable: false,
    meaning:
      'A list by `payment_channel` or `source` took more than 5 s: nearly all recorded payments in the range of dates are of another one.',
    remedy: 'Give `from` and `to`, for instance of one month after the other.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key was used for another request',
    retryable: false,
    meaning:
      'This key already stands for a request with another body, or of another business unit. Nothing was written.',
    remedy: 'Use a new key for a new payment, and the same body to ask for the first answer again.',
  },
  'card-number-refused': {
    status: 422,
    title: 'Card numbers are not taken',
    retryable: false,
    meaning:
      'A field, a name of one, a parameter or a header looks like the number of a payment card. Nothing was stored or logged.',
    remedy:
      'Send a token of your card processor, or the last four digits. If it is no card, put letters among the digits.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    retryable: true,
    meaning:
      'A limit of the key or of its tenant is used up, too many attempts from this address failed, or too many requests wait on this connection. Nothing was done.',
    remedy: 'Ask again after `Retry-After` seconds; `RateLimit` tells in every answer how much is left.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    retryable: false,
    meaning: 'Request line and headers have 16 kB at most, and a request has 100 headers at most.',
    remedy: 'Send fewer and shorter headers; look at cookies, and at what proxies add.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    retryable: true,
    meaning: 'Ferry made a mistake. It is logged under `trace_id`; what was asked may or may not have been done.',
    remedy: 'Ask again with the same idempotency key or reference, and tell the operator the `trace_id`.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    retryable: true,
    meaning:
      'A backing service does not answer, or more requests wait than may. What was asked may or may not have been done.',
    remedy: 'Ask again after `Retry-After` seconds with the same idempotency key or reference.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type ProblemCode = keyof typeof problemCodes;

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemCodes, code);
