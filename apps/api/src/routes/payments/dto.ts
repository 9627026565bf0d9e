import { JSONSchema } from 'class-validator-jsonschema';
import { Digits, isCurrency, isJsonObject } from '@ferry/kernel';
import { limits, paymentKinds, paymentStatuses } from '@ferry/payments';
import { FieldRule, IsOneOf, IsText, IsWholeNumber, Optional, type Rule } from '../../http/rules.js';
import { isTime } from './time.js';

/** Its digits, decimals and sign depend on the currency: `money.ts` reads it. */
const amount: Rule = {
  holds: (value) => typeof value === 'string' || value instanceof Digits,
  detail: 'must be a number, or a string of decimal digits',
  schema: {
    oneOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'string', pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$' },
    ],
    description:
      'Positive, with no more decimals than the currency has (ISO 4217) and 15 digits at most. A number is read from its digits as sent, never through a double.',
  },
};

const currency: Rule = {
  holds: (value) => typeof value === 'string',
  detail: 'must be a string',
  schema: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217, with minor units.' },
};

const metadata: Rule = {
  holds: isJsonObject,
  detail: 'must be a JSON object',
  schema: {
    type: 'object',
    maxProperties: limits.metadataKeys,
    additionalProperties: true,
    description: `Your own data, given back as it came: ${limits.metadataBytes} bytes, ${limits.metadataKeys} keys and ${limits.metadataDepth} levels at most. Numbers must be exact as doubles; send others as strings.`,
  },
};

/** The body of `POST /api/v1/payments`. */
export class CreatePaymentBody {
  @FieldRule('number-or-string', amount)
  amount!: Digits | string;

  @FieldRule('string', currency)
  currency!: string;

  @IsText(limits.referenceLength)
  @JSONSchema({ description: 'Your own unique name for this payment.' })
  reference!: string;

  @Optional()
  @IsOneOf(paymentKinds)
  @JSONSchema({ default: 'PAYMENT' })
  kind?: (typeof paymentKinds)[number];

  @Optional()
  @FieldRule('string', {
    holds: (value) => typeof value === 'string',
    detail: 'must be a string',
    schema: { type: 'string' },
  })
  @JSONSchema({ default: 'simulated', description: 'The way in which the payment is executed.' })
  rail?: string;

  @Optional()
  @IsText(limits.businessUnitIdLength)
  @JSONSchema({
    description:
      "The business unit whose payment it is. When not given: the key's, if it belongs to one; `default` otherwise.",
  })
  business_unit_id?: string;

  @Optional()
  @IsText(limits.externalIdLength)
  @JSONSchema({ description: 'Your id of the customer.' })
  external_id?: string;

  @Optional()
  @IsText(limits.accountIdLength)
  @JSONSchema({ description: 'Your id of the account.' })
  account_id?: string;

  @Optional()
  @FieldRule('object', metadata)
  metadata?: Readonly<Record<string, unknown>>;
}

/** The body of a cancellation: nothing, or an object without fields. */
export class CancelPaymentBody {}

/** Long-polling. */
export class ReadPaymentQuery {
  @Optional()
  @IsWholeNumber(0, 30)
  @JSONSchema({ description: 'Seconds to wait for the payment to end before answering with its state.' })
  wait?: string;
}

const time: Rule = {
  holds: (value) => typeof value === 'string' && isTime(value),
  detail: 'must be an RFC 3339 date-time with offset, "+" written as %2B',
  schema: { type: 'string', format: 'date-time' },
};

/** The filters of `GET /api/v1/payments`. */
export class ListPaymentsQuery {
  @Optional()
  @IsText(limits.businessUnitIdLength)
  business_unit_id?: string;

  @Optional()
  @IsOneOf(paymentStatuses)
  status?: (typeof paymentStatuses)[number];

  @Optional()
  @FieldRule('unknown-currency', {
    ...currency,
    holds: (value) => typeof value === 'string' && isCurrency(value),
    detail: 'must be an ISO 4217 currency',
  })
  currency?: string;

  @Optional()
  @IsText(limits.referenceLength)
  reference?: string;

  @Optional()
  @FieldRule('time', time)
  @JSONSchema({ description: 'Created at this time or later.' })
  created_from?: string;

  @Optional()
  @FieldRule('time', time)
  @JSONSchema({ description: 'Created before this time.' })
  created_to?: string;

  @Optional()
  @IsWholeNumber(1, 100)
  @JSONSchema({ default: 20, description: 'Payments on a page.' })
  limit?: string;

  @Optional()
  @IsText(512)
  @JSONSchema({ description: '`next_cursor` of the page before, with the same filters.' })
  cursor?: string;
}
