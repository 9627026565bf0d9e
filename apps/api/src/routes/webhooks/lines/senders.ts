import type { HttpDeps } from '../../../deps.js';
import type { HeaderDoc, SenderRoute } from '../../../http/route.js';
import { bodyProblems } from '../../tenancy/shared.js';
import { ReceivedView } from '../answers.js';
import { ChannelBody, WebhookBody, WebhookQuery } from '../dto.js';
import { bankBody, genericExample, receivedExample } from '../examples.js';
import { receiveWebhook } from '../receive.js';
import { channelParam } from './channel-param.js';

const tenantHeader: HeaderDoc = {
  description: 'The tenant, of senders without a key: the signature proves it.',
  schema: { type: 'string', maxLength: 20 },
};
const location: HeaderDoc = { description: 'The path of the recorded payment.', schema: { type: 'string' } };

const shared = {
  for: 'sender',
  scope: 'recorded-payments:write',
  method: 'post',
  tag: 'Recorded payments',
  query: WebhookQuery,
  headers: { 'X-Tenant-Id': tenantHeader },
  answers: {
    201: { description: 'Recorded.', body: ReceivedView, headers: { Location: location }, example: receivedExample },
    200: {
      description:
        'Recorded before, by this payment. To a list: `{payments: [{reference_number, status, payment_id | errors}]}`.',
      example: { payments: [{ reference_number: 'REF-2026-0001', ...receivedExample }] },
      headers: {
        Location: { ...location, description: 'The path of the one that was recorded before; none to a list.' },
      },
      type: 'application/json',
    },
  },
} as const;

/** Where outside systems tell of payments, with a key or a signature. */
export const senderLines = (deps: HttpDeps): readonly SenderRoute[] => [
  {
    ...shared,
    path: '/api/v1/payments/webhook',
    operationId: 'receiveWebhook',
    summary: 'Tell of a payment that happened elsewhere',
    description:
      'Answers when it is durable. With a key, or with the signature of the channel `generic` if the tenant declared one.',
    body: { dto: WebhookBody, required: true, examples: { payment: genericExample } },
    problems: [...bodyProblems, 'channel-not-found', 'duplicate-reference'],
    handle: (context) => receiveWebhook(deps, context),
  },
  {
    ...shared,
    path: '/api/v1/payments/webhook/:channel',
    params: channelParam,
    operationId: 'receiveChannelWebhook',
    summary: 'Tell of a payment in the words of a channel',
    description: 'Answers when it is durable. Body and proof are those that the definition of the channel says.',
    body: { dto: ChannelBody, required: true, orForm: true, examples: { bank: bankBody } },
    problems: [...bodyProblems, 'channel-not-found', 'duplicate-reference'],
    handle: (context) => receiveWebhook(deps, context, context.param('channel')),
  },
];
