import { Described, IsOneOf, Optional } from '../../http/rules.js';

/** What `/health` and `/health/ready` say. */
export class HealthReport {
  @IsOneOf(['ok', 'degraded', 'error', 'closing'])
  status!: string;

  /** Names of what is required and missing. */
  @Optional()
  @Described({ type: 'array', items: { type: 'string' } })
  lacking?: readonly string[];

  @Described({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: {
        status: { type: 'string', enum: ['ok', 'degraded', 'error'] },
        required: { type: 'boolean' },
        since: { type: 'string', format: 'date-time' },
        error: { type: 'string' },
      },
      required: ['status', 'required'],
      additionalProperties: false,
    },
  })
  checks!: object;
}

export class Liveness {
  @IsOneOf(['ok'])
  status!: string;
}
