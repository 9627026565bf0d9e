import type { Clock } from '@ferry/kernel';
import { monthOf, plusMonths, startOfMonth, type Month } from '../domain/month.js';
import type { TenantId } from '../domain/recorded-payment.js';
import type { Occasion } from '../domain/told.js';
import type { Archive, ArchivedPart, MonthArchive } from '../ports/month-archive.js';
import type { MonthRows } from '../ports/month-rows.js';
import type { PaymentMonths } from '../ports/payment-months.js';
import type { MonthOrders } from './month-orders.js';

/** Whoever had a month restored wants to look at it; then retention takes it again. */
const RESTORED_KEPT_MONTHS = 3;

export interface Restored {
  readonly tenantId: TenantId;
  readonly month: Month;
  readonly rows: number;
  /** Those of them that were not there. */
  readonly added: number;
}

/** Brings archived payments back. May be stopped and run again: what is there is left as it is. */
export class RestoreArchive {
  constructor(
    private readonly months: Pick<PaymentMonths, 'make'>,
    private readonly rows: Pick<MonthRows, 'putBack'>,
    private readonly archive: Pick<MonthArchive, 'open' | 'verify' | 'read'>,
    private readonly orders: Pick<MonthOrders, 'restore'>,
    private readonly clock: Clock,
  ) {}

  /** The whole archive, or the part that `place` names; all of it is verified before anything is stored. */
  async *run(place: string, occasion: Occasion): AsyncGenerator<Restored> {
    const archive = await this.archive.open(place);
    for (const part of archive.parts) await this.archive.verify(archive, part);
    await this.months.make(archive.month, this.keptUntil());
    for (const part of archive.parts) {
      await this.orders.restore(part.tenantId, archive.month, occasion, archive.place);
      yield await this.restore(archive, part);
    }
  }

  private async restore(archive: Archive, part: ArchivedPart): Promise<Restored> {
    const { tenantId, rows } = part;
    let added = 0;
    for await (const lines of this.archive.read(archive, part))
      added += await this.rows.putBack(tenantId, archive.month, lines);
    return { tenantId, month: archive.month, rows, added };
  }

  private keptUntil(): Date {
    return startOfMonth(plusMonths(monthOf(this.clock.now()), 1 + RESTORED_KEPT_MONTHS));
  }
}
