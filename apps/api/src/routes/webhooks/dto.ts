import { isJsonObject, type Digits } from '@ferry/kernel';
import { JSONSchema } from 'class-validator-jsonschema';
import { factLimits } from '@ferry/recording';
import { Described, FieldRule, IsText, IsWholeNumber, Optional, type Schema } from '../../http/rules.js';
import { IsInteger } from '../tenancy/rules.js';

const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const amount: Schema = {
  oneOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'string' }],
  description: 'Positive, with no more decimals than the currency has. A number is read from its digits as sent.',
};

/** The body of the generic webhook, as the source design has it. Described here; recording itself reads and checks it. */
@JSONSchema({ additionalProperties: false })
export class WebhookBody {
  @Described({
    ...text(factLimits.referenceNumber),
    description: 'Unique: it makes one telling the duplicate of another.',
  })
  reference_number!: string;

  @Described(text(factLimits.loanAccountNumber))
  loan_account_number!: string;

  @Described(text(factLimits.cif))
  cif!: string;

  @Described(amount)
  amount!: number;

  @Described({ type: 'string', format: 'date-time' })
  payment_date!: string;

  @Optional()
  @Described({ type: 'string', pattern: '^[A-Z]{3}$', description: 'Needed unless the channel or the tenant has one.' })
  currency?: string;

  @Optional()
  @Described({ type: 'string', maxLength: factLimits.paymentChannel, description: 'Blank is the same as not told.' })
  payment_channel?: string;

  @Optional()
  @Described({ type: 'object', additionalProperties: true, description: `${factLimits.metadataBytes} bytes at most.` })
  metadata?: object;
}

/** A body as the outside system sends it. */
export class ChannelBody {}

export class WebhookQuery {
  @Optional()
  @IsText(20)
  @JSONSchema({ description: 'The tenant, for senders that can set no header; the signature proves it.' })
  tenant?: string;
}

const definition = {
  holds: isJsonObject,
  detail: 'must be a JSON object',
  schema: { type: 'object', additionalProperties: true },
} as const;

@JSONSchema({ additionalProperties: false })
export class PutChannelBody {
  @IsInteger(0, 100_000_000)
  @JSONSchema({ description: 'The version that you have seen; 0 for a new channel.' })
  version!: Digits;

  @FieldRule('object', definition)
  @JSONSchema({ description: 'How its bodies are read and what proves them: see the guide.' })
  definition!: object;
}

/** As much as fits into a body of our own with its escapes. */
const TRIAL_LENGTH_MAX = 60_000;

@JSONSchema({ additionalProperties: false })
export class TryChannelBody {
  @FieldRule('string', {
    holds: (value) =>
      typeof value === 'string' && value !== '' && value.length <= TRIAL_LENGTH_MAX && !value.includes('\0'),
    detail: `must be a string of 1 to ${TRIAL_LENGTH_MAX} characters without NUL`,
    schema: { type: 'string', minLength: 1, maxLength: TRIAL_LENGTH_MAX },
  })
  @JSONSchema({ description: 'The body, to the letter.' })
  body!: string;

  @Optional()
  @IsText(100)
  @JSONSchema({ default: 'application/json' })
  content_type?: string;

  @Optional()
  @FieldRule('object', definition)
  @JSONSchema({ description: 'Of a channel that is not saved yet.' })
  definition?: object;
}

export class RejectedWebhooksQuery {
  @Optional()
  @IsText(40)
  channel?: string;

  @Optional()
  @IsWholeNumber(1, 100)
  @JSONSchema({ default: 20, description: 'Rejected webhooks on a page.' })
  limit?: string;

  @Optional()
  @IsText(36)
  @JSONSchema({ description: '`next_cursor` of the page before.' })
  cursor?: string;
}
