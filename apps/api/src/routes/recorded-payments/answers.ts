import { Type } from 'class-transformer';
import { IsArray, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { factLimits, sources } from '@ferry/recording';
import { Described, IsOneOf, type Schema } from '../../http/rules.js';

const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const time: Schema = { type: 'string', format: 'date-time', description: 'RFC 3339, UTC.' };
const count: Schema = { type: 'integer', minimum: 0 };
const ms: Schema = { type: 'number', minimum: 0 };

@JSONSchema({ additionalProperties: false })
export class RecordedPayment {
  @Described({ type: 'string', format: 'uuid', description: 'UUIDv7: sorts by time of recording.' })
  id!: string;

  @Described({ type: 'string' })
  business_unit_id!: string;

  @Described(text(factLimits.referenceNumber))
  reference_number!: string;

  @Described(text(factLimits.loanAccountNumber))
  loan_account_number!: string;

  @Described(text(factLimits.cif))
  cif!: string;

  @Described({ type: 'number', exclusiveMinimum: 0, description: "With the currency's decimals; 15 digits at most." })
  amount!: number;

  @Described({ type: 'string', pattern: '^[A-Z]{3}$' })
  currency!: string;

  @Described(time)
  payment_date!: string;

  @Described({ type: 'string', maxLength: factLimits.paymentChannel, description: 'Empty when it was not told.' })
  payment_channel!: string;

  @IsOneOf(sources)
  source!: string;

  @Described({ type: 'object', additionalProperties: true })
  metadata!: object;

  @Described(time)
  created_at!: string;
}

export class RecordedPaymentPage {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RecordedPayment)
  data!: RecordedPayment[];

  @Described({
    type: ['string', 'null'],
    description: 'Continues the list with the same filters; null on the last page.',
  })
  next_cursor!: string | null;
}

@JSONSchema({ additionalProperties: false })
export class RecordingStats {
  @Described({
    type: 'object',
    properties: {
      processed_today: { ...count, description: 'Rows recorded by batches that ended on this UTC day.' },
      pending_count: { ...count, description: 'Rows that wait now; 100,000 means at least so many.' },
      average_batch_time_ms: ms,
    },
    required: ['processed_today', 'pending_count', 'average_batch_time_ms'],
    additionalProperties: false,
  })
  staging!: object;

  @Described({
    type: 'object',
    properties: {
      received_today: { ...count, description: 'Requests that were let in on this UTC day, stored every few seconds.' },
      duplicate_rate: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        description: 'Of the payments that they brought, those that were told before.',
      },
      average_response_time_ms: ms,
    },
    required: ['received_today', 'duplicate_rate', 'average_response_time_ms'],
    additionalProperties: false,
  })
  webhooks!: object;
}
