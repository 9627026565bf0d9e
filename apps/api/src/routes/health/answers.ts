import { Described, IsOneOf, Optional, type Schema } from '../../http/rules.js';

const names: Schema = { type: 'array', items: { type: 'string' } };
const time: Schema = { type: 'string', format: 'date-time' };
const word: Schema = { type: 'string', enum: ['ok', 'error'] };

/** What `/health` says: `status` and `checks` as the source design has them, the rest beside them. */
export class HealthReport {
  @IsOneOf(['healthy', 'unhealthy'])
  status!: string;

  @Described({
    type: 'object',
    properties: {
      database: word,
      kafka: word,
      redis: word,
      staging_backlog: {
        type: 'integer',
        minimum: 0,
        description:
          'Rows that wait in the staging tables of all tenants, counted to 100,000 by a worker every few seconds.',
      },
      last_staging_run: { type: 'string', description: 'When the last batch of staging ended, or `never`.' },
    },
    required: ['database', 'kafka', 'redis', 'staging_backlog', 'last_staging_run'],
    additionalProperties: false,
  })
  checks!: object;

  @Described({ ...names, description: 'What is required and missing.' })
  lacking!: readonly string[];

  @Described({ ...names, description: 'What is missing and not required: payments are accepted and wait.' })
  degraded!: readonly string[];

  @Optional()
  @Described({ type: 'boolean', description: 'The process is about to stop.' })
  closing?: boolean;

  @Described({
    type: 'object',
    description:
      'More of each. `not-configured`: no URL is set, so that what it would do is done in the process, and it counts as `ok` above.',
    additionalProperties: {
      type: 'object',
      properties: {
        status: {
          type: 'string',
          enum: ['ok', 'degraded', 'error', 'not-configured', 'counted', 'not-counted'],
        },
        required: { type: 'boolean' },
        since: time,
        error: { type: 'string' },
        counted_at: time,
      },
      required: ['status'],
      additionalProperties: false,
    },
  })
  details!: object;
}

/** What `/health/ready` says. */
export class ReadinessReport {
  @IsOneOf(['ok', 'degraded', 'error', 'closing'])
  status!: string;

  /** Names of what is required and missing. */
  @Optional()
  @Described(names)
  lacking?: readonly string[];

  @Described({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: {
        status: { type: 'string', enum: ['ok', 'degraded', 'error'] },
        required: { type: 'boolean' },
        since: time,
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
