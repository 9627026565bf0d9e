import type { FactFault } from '../read-fact.js';
import type { ChannelFields } from './channel.js';
import { isJsonObject } from './json-body.js';

/** The body of the source design's generic webhook, and the currency that it leaves out. */
export const genericFields: ChannelFields = {
  referenceNumber: { pointer: ['reference_number'] },
  loanAccountNumber: { pointer: ['loan_account_number'] },
  cif: { pointer: ['cif'] },
  amount: { pointer: ['amount'], unit: 'major' },
  paymentDate: { pointer: ['payment_date'], format: 'rfc3339' },
  currency: { pointer: ['currency'] },
  paymentChannel: { pointer: ['payment_channel'] },
  metadata: { pointer: ['metadata'] },
};

const known = [
  'reference_number',
  'loan_account_number',
  'cif',
  'amount',
  'payment_date',
  'currency',
  'payment_channel',
  'metadata',
];

/** Whoever writes our own shape may have misspelt a field; the shapes of others have fields that are none of our business. */
export const strangersIn = (payment: unknown): readonly FactFault[] =>
  isJsonObject(payment)
    ? Object.keys(payment)
        .filter((name) => !known.includes(name))
        .map((field) => ({ field, rule: 'unknown-field', detail: 'is not a field here' }))
    : [{ field: 'body', rule: 'object', detail: 'must be a JSON object' }];
