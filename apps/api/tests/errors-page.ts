import { faultRules } from '../src/http/fault-rules.js';
import { problemCodes } from '../src/http/problem-codes.js';

const row = (...cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;

/** docs/errors.md as the tables of the code have it. */
export const errorsPage = (): string =>
  [
    '# Errors',
    '',
    'Made from `apps/api/src/http/problem-codes.ts` and `fault-rules.ts`; a test compares. To write it anew:',
    '`UPDATE_DOCS=1 NODE_OPTIONS=--experimental-vm-modules npx jest apps/api/tests/errors-page`.',
    '',
    'Every refusal is an RFC 9457 document (`application/problem+json`):',
    '',
    '```json',
    JSON.stringify(
      {
        type: '/problems/invalid-request',
        title: problemCodes['invalid-request'].title,
        status: 400,
        detail: 'Bad: amount.',
        instance: '/requests/7d8f3c1e-3f0a-4c59-9a57-0f4d0a4f1b11',
        code: 'invalid-request',
        retryable: false,
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
        errors: [
          {
            field: 'amount',
            rule: 'too-many-decimals',
            detail: 'must have 2 decimals at most in EUR',
            pointer: '#/amount',
          },
        ],
      },
      null,
      2,
    ),
    '```',
    '',
    'Branch on `code`, and in `errors` on `rule`: both are stable. `title` and `detail` are for people. `type` is a path of the',
    'API that describes the code. `instance` and `trace_id` find the request in the logs. `retryable` says whether the same',
    'request may succeed later; with an idempotency key or a reference, asking again never pays twice. 503 carries `Retry-After`.',
    '',
    'Requests that are no HTTP (bad headers, headers over 16 kB, slower than 15 s) are answered by the server itself with 400, 431',
    'or 408, without a document.',
    '',
    '## Codes',
    '',
    row('code', 'status', 'retryable', 'meaning', 'what to do'),
    row('---', '---', '---', '---', '---'),
    ...Object.entries(problemCodes).map(([code, { status, retryable, meaning, remedy }]) =>
      row(`\`${code}\``, status, retryable ? 'yes' : 'no', meaning, remedy),
    ),
    '',
    '## Rules in `errors`',
    '',
    row('rule', 'meaning'),
    row('---', '---'),
    ...Object.entries(faultRules).map(([rule, meaning]) => row(`\`${rule}\``, meaning)),
    '',
  ].join('\n');
