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
const fault: Schema = {
  type: 'object',
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
      type: 'object',
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

const channelSchema: Schema = {
  type: 'object',
  required: ['channel', 'version', 'definition', 'saved_at'],
  properties: {
    channel: text,
    version: { type: 'integer', minimum: 1 },
    definition: { type: 'object' },
    saved_at: time,
  },
};

export class ChannelView {
  @Described(text)
  channel!: string;
  @Described({ type: 'integer', minimum: 1 })
  version!: number;
  @Described({ type: 'object' })
  definition!: object;
  @Described(time)
  saved_at!: string;
}

export class ChannelList {
  @Described({ type: 'array', items: channelSchema })
  data!: object[];
}

export class TrialView {
  @Described({ type: 'boolean' })
  is_list!: boolean;
  @Described({
    type: 'array',
    items: {
      type: 'object',
      properties: {
        status: { type: 'string', enum: ['valid', 'rejected'] },
        payment: { type: 'object', description: 'What would be recorded.' },
        reference_number: { type: ['string', 'null'] },
        errors: faults,
      },
    },
  })
  payments!: object[];
}

const rejectedSchema: Schema = {
  type: 'object',
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
