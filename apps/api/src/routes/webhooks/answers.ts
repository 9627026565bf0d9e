import { JSONSchema } from 'class-validator-jsonschema';
import { formatMoney } from '@ferry/kernel';
import {
  channelJson,
  type PaymentFact,
  type ReadPayment,
  type ReceivedPayment,
  type RejectedWebhook,
  type StoredChannel,
} from '@ferry/recording';
import { Described, Optional, type Schema } from '../../http/rules.js';
import { faultOf, isCardFault } from './faults.js';

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const status: Schema = { type: 'string', enum: ['created', 'duplicate'] };
const closed = { type: 'object', additionalProperties: false } as const;
const fault: Schema = {
  ...closed,
  required: ['field', 'rule', 'detail'],
  properties: { field: text, rule: text, detail: text, pointer: text },
};
const faults: Schema = { type: 'array', items: fault };
const nextCursor: Schema = { type: ['string', 'null'] };
const REFERENCE_SHOWN_MAX = 255;

@JSONSchema({ additionalProperties: false })
export class ReceivedView {
  @Described({ ...status, description: '`duplicate`: the reference number was recorded before, by this payment.' })
  status!: string;

  @Described({ type: 'string', format: 'uuid' })
  payment_id!: string;
}

export class ReceivedList {
  @Described({
    type: 'array',
    items: {
      ...closed,
      required: ['reference_number', 'status'],
      properties: {
        reference_number: { type: ['string', 'null'] },
        status: { type: 'string', enum: ['created', 'duplicate', 'rejected'] },
        payment_id: { type: 'string', format: 'uuid' },
        errors: faults,
      },
    },
    description: 'In the order of the body.',
  })
  payments!: object[];
}

/** How a channel reads bodies and what proves them: docs/how-to/receive-webhooks.md. */
const definition: Schema = { type: 'object', additionalProperties: true };
const channelSchema: Schema = {
  ...closed,
  required: ['channel', 'version', 'definition', 'saved_at'],
  properties: {
    channel: text,
    version: { type: 'integer', minimum: 1 },
    definition,
    saved_at: time,
  },
};

export class ChannelView {
  @Described(text)
  channel!: string;
  @Described({ type: 'integer', minimum: 1 })
  version!: number;
  @Described(definition)
  definition!: object;
  @Described(time)
  saved_at!: string;
}

export class ChannelList {
  @Described({ type: 'array', items: channelSchema })
  data!: object[];
}

const factSchema: Schema = {
  ...closed,
  description: 'What would be recorded.',
  properties: {
    reference_number: text,
    loan_account_number: text,
    cif: text,
    amount: { type: 'number' },
    currency: text,
    payment_date: time,
    payment_channel: text,
    metadata: { type: 'object', additionalProperties: true },
  },
};

export class TrialView {
  @Described({ type: 'boolean' })
  is_list!: boolean;
  @Described({
    type: 'array',
    items: {
      ...closed,
      properties: {
        status: { type: 'string', enum: ['valid', 'rejected'] },
        payment: factSchema,
        reference_number: { type: ['string', 'null'] },
        errors: faults,
      },
    },
  })
  payments!: object[];
}

const rejectedSchema: Schema = {
  ...closed,
  required: ['id', 'channel', 'channel_version', 'received_at', 'last_received_at', 'times', 'reason', 'errors'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    channel: text,
    channel_version: { type: 'integer', minimum: 0 },
    business_unit_id: text,
    received_at: time,
    last_received_at: time,
    times: { type: 'integer', minimum: 1 },
    reason: { ...text, description: '`faults`, or why nothing could be read.' },
    errors: faults,
    content_type: text,
    replayed_at: time,
  },
};

export class RejectedPage {
  @Described({ type: 'array', items: rejectedSchema })
  data!: object[];
  @Described(nextCursor)
  next_cursor!: string | null;
}

export class RejectedView {
  @Described(rejectedSchema)
  webhook!: object;
  @Optional()
  @Described({ ...text, description: 'As it came. Absent: it held what must not be kept.' })
  body?: string;
}

export const receivedJson = (payment: ReceivedPayment): object => ({
  reference_number: referenceOf(payment),
  status: payment.status,
  ...(payment.status === 'rejected' ? { errors: payment.faults.map(faultOf) } : { payment_id: payment.paymentId }),
});

/** Not said again if it may be the number of a card. */
function referenceOf(payment: {
  readonly referenceNumber?: string | undefined;
  readonly faults?: ReceivedPaymentFaults;
}) {
  if (payment.faults?.some(isCardFault)) return null;
  return payment.referenceNumber?.slice(0, REFERENCE_SHOWN_MAX).toWellFormed() ?? null;
}
type ReceivedPaymentFaults = Extract<ReceivedPayment, { status: 'rejected' }>['faults'];

export const channelView = ({ name, version, channel, savedAt }: StoredChannel): object => ({
  channel: name,
  version,
  definition: channel && channelJson(channel),
  saved_at: savedAt,
});

export const triedJson = (payment: ReadPayment): object =>
  'fact' in payment
    ? { status: 'valid', payment: factJson(payment.fact) }
    : { status: 'rejected', reference_number: referenceOf(payment), errors: payment.faults.map(faultOf) };

const factJson = (fact: PaymentFact): object => ({
  reference_number: fact.referenceNumber,
  loan_account_number: fact.loanAccountNumber,
  cif: fact.cif,
  amount: JSON.rawJSON(formatMoney(fact.money)),
  currency: fact.money.currency,
  payment_date: fact.paymentDate,
  payment_channel: fact.paymentChannel,
  metadata: fact.metadata,
});

export const rejectedJson = (webhook: RejectedWebhook): object => ({
  id: webhook.id,
  channel: webhook.channel,
  channel_version: webhook.channelVersion,
  business_unit_id: webhook.businessUnitId,
  received_at: webhook.receivedAt,
  last_received_at: webhook.lastReceivedAt,
  times: webhook.times,
  reason: webhook.reason,
  errors: webhook.faults,
  content_type: webhook.contentType,
  replayed_at: webhook.replayedAt,
});
