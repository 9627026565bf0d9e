import { limits } from '@ferry/payments';
import type { HttpDeps } from '../../deps.js';
import type { HeaderDoc, Route } from '../../http/route.js';
import { History, Payment, PaymentPage } from './answers.js';
import { cancelPayment } from './cancel.js';
import { createPayment } from './create.js';
import { CancelPaymentBody, CreatePaymentBody, ListPaymentsQuery, ReadPaymentQuery } from './dto.js';
import { paymentExample, historyExample } from './examples.js';
import { listPayments } from './list.js';
import { readHistory, readPayment } from './read.js';

const location: HeaderDoc = { description: 'The path of the payment.', schema: { type: 'string' } };

const keyHeader: HeaderDoc = {
  description:
    'Your key for this request, kept for at least 31 days: the same key and body get the first answer again. Bare, or in quotes as a structured-field string. `X-Idempotency-Key` is the same header.',
  schema: { type: 'string', minLength: 1, maxLength: limits.idempotencyKeyLength },
};

const body = ['malformed-json', 'incomplete-body', 'body-too-large', 'unsupported-media-type'] as const;

export const paymentRoutes = (deps: HttpDeps): readonly Route[] => [
  {
    for: 'tenant',
    scope: 'payments:write',
    reach: 'unit',
    spends: 'payment',
    method: 'post',
    path: '/api/v1/payments',
    operationId: 'createPayment',
    tag: 'Payments',
    summary: 'Create a payment',
    description:
      'Answers when the payment is durable; it is executed afterwards. Without a key, `reference` still makes a duplicate a 409.',
    body: {
      dto: CreatePaymentBody,
      required: true,
      examples: {
        short: { amount: 100.5, currency: 'USD', reference: 'REF-001' },
        full: {
          amount: '1500',
          currency: 'XAF',
          reference: 'INVOICE-2026-0042',
          kind: 'DEPOSIT',
          rail: deps.rails[0] ?? 'simulated',
          business_unit_id: 'default',
          external_id: 'customer-7',
          account_id: 'account-12',
          metadata: { order: { id: 42, lines: ['a', 'b'] } },
        },
      },
    },
    headers: { 'Idempotency-Key': keyHeader },
    answers: {
      201: { description: 'Created.', body: Payment, headers: { Location: location }, example: paymentExample },
      200: {
        description: 'The same request came before: its first answer again, byte for byte.',
        body: Payment,
        headers: {
          Location: location,
          'Idempotent-Replayed': { description: '`true`', schema: { type: 'string', const: 'true' } },
        },
        example: paymentExample,
      },
    },
    problems: [
      ...body,
      'duplicate-reference',
      'idempotency-key-reused',
      'payment-not-allowed',
      'outside-business-unit',
    ],
    handle: (context, principal) => createPayment(deps, context, principal),
  },
  {
    for: 'tenant',
    scope: 'payments:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/payments',
    operationId: 'listPayments',
    tag: 'Payments',
    summary: 'List payments, newest first',
    query: ListPaymentsQuery,
    answers: {
      200: {
        description: 'A page.',
        body: PaymentPage,
        headers: { Link: { description: 'The next page, `rel="next"`, if there is one.', schema: { type: 'string' } } },
        example: { data: [paymentExample], next_cursor: null },
      },
    },
    problems: ['invalid-cursor'],
    handle: (context, principal) => listPayments(deps, context, principal),
  },
  {
    for: 'tenant',
    scope: 'payments:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/payments/:id',
    operationId: 'readPayment',
    tag: 'Payments',
    summary: 'Read a payment, at once or when it has ended',
    query: ReadPaymentQuery,
    answers: { 200: { description: 'The payment as it is now.', body: Payment, example: paymentExample } },
    problems: ['payment-not-found'],
    handle: (context, principal) => readPayment(deps, context, principal),
  },
  {
    for: 'tenant',
    scope: 'payments:read',
    reach: 'unit',
    method: 'get',
    path: '/api/v1/payments/:id/history',
    operationId: 'readPaymentHistory',
    tag: 'Payments',
    summary: "Read a payment's status changes",
    answers: { 200: { description: 'Its changes in order.', body: History, example: historyExample } },
    problems: ['payment-not-found'],
    handle: (context, principal) => readHistory(deps, context, principal),
  },
  {
    for: 'tenant',
    scope: 'payments:write',
    reach: 'unit',
    method: 'post',
    path: '/api/v1/payments/:id/cancel',
    operationId: 'cancelPayment',
    tag: 'Payments',
    summary: 'Cancel a payment that no worker has taken up',
    description: 'Cancelling twice is no error.',
    body: { dto: CancelPaymentBody, required: false, examples: { empty: {} } },
    answers: { 200: { description: 'Cancelled.', body: Payment, example: { ...paymentExample, status: 'CANCELLED' } } },
    problems: [...body, 'payment-not-found', 'payment-not-cancellable'],
    handle: (context, principal) => cancelPayment(deps, context, principal),
  },
];
