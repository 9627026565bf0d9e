import type { Clock } from '@ferry/kernel';
import { startOfMonth } from '../domain/month.js';
import type { TenantId } from '../domain/recorded-payment.js';
import type { AgedReferences } from '../ports/aged-references.js';
import type { PaymentMonths } from '../ports/payment-months.js';

const DAY_MS = 86_400_000;
/** Looked for at once: each look begins at the oldest end of a table. */
const FOUND_MAX = 20_000;
/** Forgotten in one transaction: short enough not to be felt. */
const BATCH_MAX = 1_000;

interface Found {
  readonly tenantId: TenantId;
}

/** Forgets references when they are old, so that the table that decides about every payment stays small and hot. */
export class ForgetReferences {
  constructor(
    private readonly references: AgedReferences,
    private readonly months: Pick<PaymentMonths, 'list'>,
    private readonly clock: Clock,
    private readonly options: { readonly keptDays: number },
  ) {}

  /** One bounded round. */
  async run(): Promise<{ readonly forgotten: number; readonly more: boolean }> {
    const before = new Date(this.clock.now().getTime() - this.options.keptDays * DAY_MS);
    const aged = await this.references.find(before, FOUND_MAX);
    const forgotten = await inBatches(aged, (tenantId, batch) =>
      this.references.forget(
        tenantId,
        batch.map(({ referenceNumber }) => referenceNumber),
        before,
      ),
    );
    const forGood = await this.forgetForGood();
    return { forgotten, more: (aged.length === FOUND_MAX && forgotten > 0) || forGood === FOUND_MAX };
  }

  /** What was forgotten in months that were dropped since. */
  private async forgetForGood(): Promise<number> {
    const [oldest] = await this.months.list();
    if (!oldest) return 0;
    const before = startOfMonth(oldest.month);
    return inBatches(await this.references.findForgotten(before, FOUND_MAX), (tenantId, batch) =>
      this.references.forgetForGood(
        tenantId,
        batch.map(({ hash }) => hash),
        before,
      ),
    );
  }
}

async function inBatches<T extends Found>(
  found: readonly T[],
  forget: (tenantId: TenantId, batch: readonly T[]) => Promise<number>,
): Promise<number> {
  let forgotten = 0;
  for (const [tenantId, group] of Map.groupBy(found, (one) => one.tenantId))
    for (let from = 0; from < group.length; from += BATCH_MAX)
      forgotten += await forget(tenantId, group.slice(from, from + BATCH_MAX));
  return forgotten;
}
