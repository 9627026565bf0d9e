import type { RecordedPayment, TenantId } from '../domain/recorded-payment.js';
import type { RecordedPaymentQuery, RecordedPayments } from '../ports/recorded-payments.js';

const PAGE = 500;

export type RecordedFilters = Omit<RecordedPaymentQuery, 'after' | 'limit'>;

/**
 * All recorded payments that the filters let through, latest payment date first, a page of them in memory at a time. Each page is read when it
 * is asked for: what is recorded meanwhile is in it if its payment date is still to come in the order, and nothing comes twice.
 */
export async function* exportRecorded(
  payments: Pick<RecordedPayments, 'list'>,
  tenantId: TenantId,
  filters: RecordedFilters,
): AsyncGenerator<readonly RecordedPayment[], void, undefined> {
  let after: RecordedPaymentQuery['after'];
  do {
    const page = await payments.list(tenantId, { ...filters, after, limit: PAGE });
    if (page.length > 0) yield page;
    const last = page.length < PAGE ? undefined : page.at(-1);
    after = last && { paymentDate: last.paymentDate, id: last.id };
  } while (after);
}
