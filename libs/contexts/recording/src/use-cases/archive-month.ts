import type { Clock } from '@ferry/kernel';
import type { Month } from '../domain/month.js';
import type { Occasion } from '../domain/told.js';
import { rowsOf, type Archive, type MonthArchive, type TenantRows } from '../ports/month-archive.js';
import type { MonthRows } from '../ports/month-rows.js';
import type { DropOutcome, PaymentMonths } from '../ports/payment-months.js';
import type { MonthOrders } from './month-orders.js';

/** A month whose time is over gets a late payment now and then, and not again and again. */
const TRIES_MAX = 3;

export type ArchiveOutcome =
  { readonly outcome: 'archived'; readonly archive: Archive } | { readonly outcome: Exclude<DropOutcome, 'dropped'> };

/**
 * Takes a month out of the store: writes it down, then drops it if it still holds what was written. Killed in between, it left either no archive
 * or one of payments that are still there; the next run writes another one.
 */
export class ArchiveMonth {
  constructor(
    private readonly months: PaymentMonths,
    private readonly rows: MonthRows,
    private readonly archive: MonthArchive,
    private readonly orders: Pick<MonthOrders, 'archive'>,
    private readonly clock: Clock,
    private readonly options: { readonly retentionMonths: number },
  ) {}

  /** Because somebody says so, and not because its time is over. */
  async order(month: Month, occasion: Occasion): Promise<ArchiveOutcome> {
    for await (const page of this.rows.tenants(month))
      for (const tenantId of page) await this.orders.archive(tenantId, month, occasion);
    return this.run(month);
  }

  async run(month: Month): Promise<ArchiveOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      const now = this.clock.now();
      const archive = await this.archive.write(month, now, this.tenants(month));
      const outcome = await this.months.drop(month, { now, ...this.options, rows: rowsOf(archive) });
      if (outcome === 'dropped') return { outcome: 'archived', archive };
      // The payments are all in the store; `absent` says that another process took them, and wrote an archive of its own.
      await this.archive.discard(archive);
      if (outcome !== 'changed' || attempt === TRIES_MAX) return { outcome };
    }
  }

  private async *tenants(month: Month): AsyncGenerator<TenantRows> {
    for await (const page of this.rows.tenants(month))
      for (const tenantId of page) yield { tenantId, pages: this.rows.read(tenantId, month) };
  }
}
