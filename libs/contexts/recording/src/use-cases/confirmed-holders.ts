import type { Meter } from '@ferry/kernel';
import type { RecordedPaymentId, TenantId } from '../domain/recorded-payment.js';
import type { RecordedPayments } from '../ports/recorded-payments.js';
import type { SeenReferences } from '../ports/seen-references.js';

interface Needs {
  readonly payments: Pick<RecordedPayments, 'holders'>;
  readonly seen: SeenReferences;
  readonly meter: Meter;
}

/**
 * Of those that were seen before, who holds them. Whatever the store does not confirm is forgotten, and goes the way of all others.
 * `all`: the store is asked for those too that were not seen, because most of them are expected to be held.
 */
export async function confirmedHolders(
  { payments, seen, meter }: Needs,
  tenantId: TenantId,
  references: readonly string[],
  { all }: { readonly all: boolean } = { all: false },
): Promise<Map<string, RecordedPaymentId>> {
  const ids = await seen.find(tenantId, references);
  const wereSeen = new Set(references.filter((_, i) => ids[i] !== undefined));
  const claimed = all ? references : [...wereSeen];
  if (claimed.length === 0) return new Map();
  const holders = await payments.holders(tenantId, claimed);
  const stale = claimed.filter((reference, i) => holders[i] === undefined && wereSeen.has(reference));
  if (stale.length > 0) {
    meter.count('reference_cache_stale_total', {}, stale.length);
    await seen.forget(tenantId, stale);
  }
  return new Map(
    claimed.flatMap((reference, i) => {
      const holder = holders[i];
      return holder === undefined ? [] : [[reference, holder] as const];
    }),
  );
}
