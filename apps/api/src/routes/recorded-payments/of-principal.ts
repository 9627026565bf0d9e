import type { RecordedFilters, RecordedPayments } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';

/** Recorded payments as this principal sees them: somebody of one business unit sees those of that unit, whatever they ask for. */
export function ofPrincipal(
  payments: Pick<RecordedPayments, 'find' | 'list'>,
  { tenantId, businessUnitId: own }: Principal,
): Pick<RecordedPayments, 'find' | 'list'> {
  if (own === undefined) return payments;
  const isForeign = ({ businessUnitId }: RecordedFilters): boolean =>
    businessUnitId !== undefined && businessUnitId !== own;
  return {
    list: async (_tenant, query) =>
      isForeign(query) ? [] : payments.list(tenantId, { ...query, businessUnitId: own }),
    find: async (_tenant, ids) =>
      (await payments.find(tenantId, ids)).map((payment) => (payment?.businessUnitId === own ? payment : undefined)),
  };
}
