import type { Clock } from '@ferry/kernel';
import type { AgedReferences } from '../ports/aged-references.js';
import type { PaymentMonths } from '../ports/payment-months.js';

const DAY_MS = 86_400_000;
/** Looked for at once: each look begins at the oldest end of the table. */
const FOUND_MAX = 20_000;
/** Forgotten in one transaction: short enough not to be felt. */
const BATCH_MAX = 1_000;

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
    const found = await this.references.find(before, FOUND_MAX);
    let forgotten = 0;
    for (const [tenantId, group] of Map.groupBy(found, (reference) => reference.tenantId))
      for (let from = 0; from < group.length; from += BATCH_MAX) {
        const batch = group.slice(from, from + BATCH_MAX).map(({ referenceNumber }) => referenceNumber);
        forgotten += await this.references.forget(tenantId, batch, before);
      }
    const more = found.length === FOUND_MAX && forgotten > 0;
    if (!more) await this.narrow();
    return { forgotten, more };
  }

  /** Where a month was dropped, nothing is to be looked for any more. */
  private async narrow(): Promise<void> {
    const [oldest] = await this.months.list();
    if (!oldest) return;
    for await (const tenants of this.references.tenantsBefore(oldest.month))
      for (const tenantId of tenants) await this.references.narrow(tenantId);
  }
}
