import { isJsonObject } from '@ferry/kernel';
import type { FactFault } from '../read-fact.js';
import type { ChannelFields } from './channel.js';

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

const needed = ['reference_number', 'loan_account_number', 'cif', 'amount', 'payment_date'];
const optional = ['currency', 'payment_channel', 'metadata'];
const known = [...needed, ...optional];

/** Whoever writes our own shape may have misspelt a field; the shapes of others have fields that are none of our business. */
export function strangersIn(payment: unknown): readonly FactFault[] {
  if (!isJsonObject(payment)) return [{ field: 'body', rule: 'object', detail: 'must be a JSON object' }];
  return Object.entries(payment).flatMap(([field, value]) => {
    if (!known.includes(field)) return [{ field, rule: 'unknown-field', detail: 'is not a field here' }];
    const isNull = value === null && optional.includes(field);
    return isNull ? [{ field, rule: 'required', detail: 'must be left out rather than be null' }] : [];
  });
}
