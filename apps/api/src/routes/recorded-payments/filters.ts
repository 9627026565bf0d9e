import type { RecordedFilters } from '@ferry/recording';
import { invalidRequest } from '../../http/problem.js';
import { timeOf } from '../payments/time.js';
import type { RecordedPaymentFilters } from './dto.js';

export function filtersOf(asked: RecordedPaymentFilters): RecordedFilters {
  const from = asked.from === undefined ? undefined : timeOf(asked.from);
  const to = asked.to === undefined ? undefined : timeOf(asked.to);
  if (from && to && to <= from)
    throw invalidRequest([{ field: 'to', rule: 'after', detail: 'must be later than from' }]);
  return {
    referenceNumber: asked.reference_number,
    loanAccountNumber: asked.loan_account_number,
    cif: asked.cif,
    paymentChannel: asked.payment_channel,
    source: asked.source,
    businessUnitId: asked.business_unit_id,
    from,
    to,
  };
}
