import type { TenantId } from '../domain/recorded-payment.js';
import type { RecordedPayments } from '../ports/recorded-payments.js';
import type { ReceivedPayment } from './receipt.js';

/**
 * Reference numbers are unique in a tenant, so its business units learn of each other that one is taken, and not by which payment.
 * `businessUnitId`: of a caller who sees one only.
 */
export async function keptToUnit(
  payments: Pick<RecordedPayments, 'find'>,
  tenantId: TenantId,
  businessUnitId: string | undefined,
  received: readonly ReceivedPayment[],
): Promise<readonly ReceivedPayment[]> {
  if (businessUnitId === undefined) return received;
  const ids = received.flatMap((one) => (one.status === 'duplicate' && one.paymentId ? [one.paymentId] : []));
  if (ids.length === 0) return received;
  const found = await payments.find(tenantId, ids);
  const own = new Set(found.flatMap((one) => (one?.businessUnitId === businessUnitId ? [one.id] : [])));
  return received.map((one) => {
    if (one.status !== 'duplicate' || one.paymentId === undefined || own.has(one.paymentId)) return one;
    return { status: one.status, referenceNumber: one.referenceNumber };
  });
}
