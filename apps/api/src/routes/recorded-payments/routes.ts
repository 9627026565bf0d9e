import type { Route } from '../../http/route.js';
import { RecordedPayment, RecordedPaymentPage, RecordingStats } from './answers.js';
import type { RecordingDeps } from './deps.js';
import { ExportRecordedPaymentsQuery, ListRecordedPaymentsQuery } from './dto.js';
import { recordedExample, statsExample } from './examples.js';
import { csvHeader, exportCsv } from './export.js';
import { listRecorded } from './list.js';
import { readRecorded, readStats } from './read.js';

/** What was recorded, told again. Stand before the routes of payments, one of which would take `stats` for an id. */
export const recordedPaymentRoutes = (deps: RecordingDeps): readonly Route[] => {
  const shared = {
    for: 'tenant',
    scope: 'recorded-payments:read',
    reach: 'unit',
    method: 'get',
    tag: 'Recorded payments',
  } as const;
  return [
    {
      ...shared,
      path: '/api/v1/recorded-payments',
      operationId: 'listRecordedPayments',
      summary: 'List recorded payments, latest payment date first',
      query: ListRecordedPaymentsQuery,
      answers: {
        200: {
          description: 'A page.',
          body: RecordedPaymentPage,
          headers: {
            Link: { description: 'The next page, `rel="next"`, if there is one.', schema: { type: 'string' } },
          },
          example: { data: [recordedExample], next_cursor: null },
        },
      },
      problems: ['invalid-cursor', 'query-too-wide'],
      handle: (context, principal) => listRecorded(deps, context, principal),
    },
    {
      ...shared,
      path: '/api/v1/recorded-payments.csv',
      operationId: 'exportRecordedPayments',
      summary: 'Export recorded payments as CSV, latest payment date first',
      description:
        'Streams all of them, by RFC 4180 with a header row. A cell that a table program would take for a formula (`=`, `+`, `-`, `@` at its beginning) has an apostrophe before it. What is recorded meanwhile may or may not be in it; nothing is in it twice.',
      query: ExportRecordedPaymentsQuery,
      answers: {
        200: {
          description: 'One recorded payment a row.',
          type: 'text/csv',
          headers: {
            'Content-Disposition': { description: 'A name for the file.', schema: { type: 'string' } },
          },
          example: csvHeader,
        },
      },
      problems: ['query-too-wide'],
      handle: (context, principal) => exportCsv(deps, context, principal),
    },
    {
      ...shared,
      path: '/api/v1/recorded-payments/:id',
      operationId: 'readRecordedPayment',
      summary: 'Read a recorded payment',
      answers: { 200: { description: 'It never changes.', body: RecordedPayment, example: recordedExample } },
      problems: ['recorded-payment-not-found'],
      handle: (context, principal) => readRecorded(deps, context, principal),
    },
    {
      ...shared,
      reach: 'tenant',
      path: '/api/v1/payments/stats',
      operationId: 'readRecordingStats',
      summary: 'What staging and webhooks did today',
      description: 'Of the tenant, on this day in UTC; counted at most every 5 s.',
      answers: { 200: { description: 'The figures.', body: RecordingStats, example: statsExample } },
      problems: [],
      handle: (_context, principal) => readStats(deps, principal),
    },
  ];
};
