import { AMOUNT_DIGITS_MAX } from '@ferry/kernel';
import { AUDIT_DAYS_MIN } from '@ferry/tenancy';
import type { Schema } from '../../http/rules.js';

const closed = { type: 'object', additionalProperties: false } as const;
const count: Schema = { type: 'integer', minimum: 1 };

/** What docs/tenancy.md says of the configuration. Its faults are told by the domain, which knows more of them. */
export const configSchema: Schema = {
  ...closed,
  properties: {
    currencies: { type: 'array', items: { type: 'string', pattern: '^[A-Z]{3}$' } },
    rails: { type: 'array', items: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,29}$' } },
    limits: {
      ...closed,
      properties: {
        amount_max_minor: {
          type: 'object',
          description: 'For each currency the largest amount of one payment, in minor units, as a text.',
          propertyNames: { pattern: '^[A-Z]{3}$' },
          additionalProperties: { type: 'string', pattern: `^[1-9][0-9]{0,${AMOUNT_DIGITS_MAX - 1}}$` },
        },
        requests_per_minute: count,
        payments_per_day: count,
      },
    },
    retention: { ...closed, properties: { audit_days: { type: 'integer', minimum: AUDIT_DAYS_MIN } } },
  },
};
