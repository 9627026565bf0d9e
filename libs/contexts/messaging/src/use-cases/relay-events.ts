import { errorFields, Unavailable, type Clock, type Logger, type Meter } from '@ferry/kernel';
import type { EventPublisher } from '../ports/event-publisher.js';
import type { Outbox } from '../ports/outbox.js';

export interface RelayOptions {
  /** This relay's own name among all relays; unique per process. */
  readonly holder: string;
  /** Longer than a publish may take, so that the lease outlives it and the order holds. */
  readonly leaseMs: number;
  /** Events read and published at once. */
  readonly batchMax: number;
  /** Tenants served by one pass at most. */
  readonly tenantsMax: number;
  /** Batches of one tenant before the next tenant gets its turn. */
  readonly batchesPerTurn: number;
}

/** Publishes what the outbox holds: in order per aggregate, without a gap, at least once. Several relays may run at once. */
export class RelayEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly publisher: EventPublisher,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly meter: Meter,
    private readonly options: RelayOptions,
  ) {}

  /**
   * One pass over the tenants that have events waiting. Answers how many were published and whether more may wait. Rejects when
   * the outbox or the publisher is away; what else goes wrong with one tenant's events holds up that tenant only.
   */
  async run(): Promise<{ readonly published: number; readonly more: boolean }> {
    let published = 0;
    let more = false;
    for (const tenantId of await this.outbox.tenantsWaiting(this.options.tenantsMax)) {
      const turn = await this.turnOf(tenantId).catch((error: unknown) => this.heldUp(tenantId, error));
      published += turn.published;
      more ||= turn.more;
    }
    return { published, more };
  }

  private async turnOf(tenantId: string): Promise<{ published: number; more: boolean }> {
    let published = 0;
    let leased = false;
    try {
      for (let batch = 0; batch < this.options.batchesPerTurn; batch += 1) {
        const now = this.clock.now();
        leased = await this.outbox.lease(
          tenantId,
          this.options.holder,
          now,
          new Date(now.getTime() + this.options.leaseMs),
        );
        if (!leased) return { published, more: false };
        const events = await this.outbox.read(tenantId, this.options.batchMax);
        if (events.length === 0) return { published, more: false };
        await this.publisher.publish(events);
        await this.outbox.remove(tenantId, events);
        published += events.length;
        this.meter.observe('batch_size', events.length, { name: 'relay' });
        if (events.length < this.options.batchMax) return { published, more: false };
      }
      return { published, more: true };
    } finally {
      if (leased) await this.release(tenantId);
    }
  }

  /** Its events stay in the outbox and are tried again by every pass. */
  private heldUp(tenantId: string, error: unknown): { published: number; more: boolean } {
    if (error instanceof Unavailable) throw error;
    this.logger.error('events of a tenant cannot be published', { tenant_id: tenantId, ...errorFields(error) });
    this.meter.count('relay_failures_total');
    return { published: 0, more: false };
  }

  /** A lease that cannot be given back expires by itself. */
  private async release(tenantId: string): Promise<void> {
    await this.outbox.release(tenantId, this.options.holder).catch((error: unknown) => {
      this.logger.debug('relay lease not given back', { tenant_id: tenantId, ...errorFields(error) });
    });
  }
}
