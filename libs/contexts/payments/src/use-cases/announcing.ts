import { stopwatch } from '@ferry/kernel';
import type { TenantId } from '../domain/payment.js';
import type { PaymentQueue } from '../ports/payment-queue.js';

/** New payments of a tenant that may use all the room, of each second. */
const FEW = 10;
const WINDOW_MS = 1_000;
/**
 * What the others may use of it. Less than the sweeper may, or a tenant that sends more than is worked off would keep the queue full,
 * and nothing else would ever get its turn.
 */
const SHARE_OF_MANY = 1 / 4;

/** Decides for how many new payments a message is sent; the others wait in the store for the turn of their tenant. */
export class Announcing {
  /** What was announced in this window, by tenant. */
  private recent = new Map<TenantId, number>();
  private windowMs = stopwatch();

  constructor(
    private readonly queue: Pick<PaymentQueue, 'ahead'>,
    /** Messages that may stand before one that is announced. */
    private readonly aheadMax: number,
  ) {}

  /** How many more of this tenant. */
  room(tenantId: TenantId): number {
    const ahead = this.queue.ahead(tenantId);
    if (ahead === undefined) return 0;
    const few = Math.min(FEW - this.announcedOf(tenantId), this.aheadMax - ahead);
    return Math.max(0, few, this.aheadMax * SHARE_OF_MANY - ahead);
  }

  announced(tenantId: TenantId, count: number): void {
    this.recent.set(tenantId, this.announcedOf(tenantId) + count);
  }

  private announcedOf(tenantId: TenantId): number {
    if (this.windowMs() > WINDOW_MS) {
      this.recent = new Map();
      this.windowMs = stopwatch();
    }
    return this.recent.get(tenantId) ?? 0;
  }
}
