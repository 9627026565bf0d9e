import { Type } from 'class-transformer';
import { IsArray, ValidateNested } from 'class-validator';
import { failureReasons, limits, paymentKinds, paymentStatuses } from '@ferry/payments';
import { Described, IsOneOf, Optional, type Schema } from '../../http/rules.js';

const time: Schema = { type: 'string', format: 'date-time', description: 'RFC 3339, UTC.' };
const uuid: Schema = { type: 'string', format: 'uuid' };

export class Payment {
  @Described({ ...uuid, description: 'UUIDv7: sorts by time of creation.' })
  id!: string;

  @Described({ type: 'string', minLength: 1, maxLength: limits.businessUnitIdLength })
  business_unit_id!: string;

  @IsOneOf(paymentKinds)
  kind!: string;

  @Described({ type: 'string' })
  rail!: string;

  @Described({ type: 'number', exclusiveMinimum: 0, description: "With the currency's decimals; 15 digits at most." })
  amount!: number;

  @Described({ type: 'string', pattern: '^[A-Z]{3}$' })
  currency!: string;

  @Described({ type: 'string', minLength: 1, maxLength: limits.referenceLength })
  reference!: string;

  @Optional()
  @Described({ type: 'string' })
  external_id?: string;

  @Optional()
  @Described({ type: 'string' })
  account_id?: string;

  @Described({ type: 'object', additionalProperties: true })
  metadata!: object;

  @IsOneOf(paymentStatuses)
  status!: string;

  @Optional()
  @Described({ type: 'string', description: `Why it failed: ${Object.keys(failureReasons).join(', ')}.` })
  reason?: string;

  @Optional()
  @Described({ type: 'string' })
  provider_reference?: string;

  @Described({ type: 'integer', minimum: 0, description: 'How often a worker took it up.' })
  attempts!: number;

  @Described(time)
  created_at!: string;

  @Described(time)
  updated_at!: string;
}

export class PaymentPage {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Payment)
  data!: Payment[];

  @Described({
    type: ['string', 'null'],
    description: 'Continues the list with the same filters; null on the last page.',
  })
  next_cursor!: string | null;
}

export class HistoryEntry {
  @Described({ type: 'integer', minimum: 1 })
  version!: number;

  @Described({ type: ['string', 'null'], enum: [...paymentStatuses, null], description: 'null at creation.' })
  from!: string | null;

  @IsOneOf(paymentStatuses)
  to!: string;

  @Optional()
  @Described({ type: 'string' })
  reason?: string;

  @Described(time)
  at!: string;

  @Described({ ...uuid, description: 'The `event_id` of the event that told of the change.' })
  event_id!: string;
}

export class History {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => HistoryEntry)
  data!: HistoryEntry[];
}
