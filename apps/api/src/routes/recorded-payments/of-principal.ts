import { QueryTooWide, type RecordedFilters, type RecordedPayments } from '@ferry/recording';
import type { Principal } from '@ferry/tenancy';
import { Problem } from '../../http/problem.js';

/** Recorded payments as this principal sees them: somebody of one business unit sees those of that unit, whatever they ask for. */
export function ofPrincipal(
  payments: Pick<RecordedPayments, 'find' | 'list'>,
  { tenantId, businessUnitId: own }: Principal,
): Pick<RecordedPayments, 'find' | 'list'> {
  const list: RecordedPayments['list'] = (tenant, query) => payments.list(tenant, query).catch(tooWide);
  if (own === undefined) return { list, find: (tenant, ids) => payments.find(tenant, ids) };
  const isForeign = ({ businessUnitId }: RecordedFilters): boolean =>
    businessUnitId !== undefined && businessUnitId !== own;
  return {
    list: async (_tenant, query) => (isForeign(query) ? [] : list(tenantId, { ...query, businessUnitId: own })),
    find: async (_tenant, ids) =>
      (await payments.find(tenantId, ids)).map((payment) => (payment?.businessUnitId === own ? payment : undefined)),
  };
}

function tooWide(error: unknown): never {
  if (error instanceof QueryTooWide)
    throw new Problem('query-too-wide', 'Too many recorded payments had to be looked at: give from and to.');
  throw error;
}
