import type { Clock, NewId } from '@ferry/kernel';
import type { Month } from '../domain/month.js';
import type { TenantId } from '../domain/recorded-payment.js';
import { toldOf, type Occasion } from '../domain/told.js';
import type { AuditLog } from '../ports/audit-log.js';

/** Tells a tenant what somebody orders for a month of its payments: before it is done, since no one transaction does it. */
export class MonthOrders {
  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly newId: NewId,
  ) {}

  archive(tenantId: TenantId, month: Month, occasion: Occasion): Promise<void> {
    return this.tell(occasion, { tenantId, action: 'archive.ordered', subject: month });
  }

  restore(tenantId: TenantId, month: Month, occasion: Occasion, place: string): Promise<void> {
    return this.tell(occasion, {
      tenantId,
      action: 'restore.ordered',
      subject: month,
      after: JSON.stringify({ place }),
    });
  }

  private tell(occasion: Occasion, what: Parameters<typeof toldOf>[3]): Promise<void> {
    return this.audit.tell(toldOf(this.newId, this.clock.now(), occasion, what));
  }
}
