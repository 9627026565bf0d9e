import { errorFields, Unavailable, type Clock, type Logger, type Meter } from '@ferry/kernel';
import type { OutboxEvent } from '../domain/outbox-event.js';
import { Unpublishable, type EventPublisher } from '../ports/event-publisher.js';
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
  /** Batches of a pass, shared by the tenants: fewer in each turn where many wait, one at least. */
  readonly batchesPerPass: number;
}

interface Progress {
  readonly published: number;
  readonly more: boolean;
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
  async run(): Promise<Progress> {
    let published = 0;
    let more = false;
    const tenants = await this.outbox.tenantsWaiting(this.options.tenantsMax);
    const batches = Math.max(1, Math.floor(this.options.batchesPerPass / tenants.length));
    for (const tenantId of tenants) {
      const turn = await this.turnOf(tenantId, batches).catch((error: unknown) => this.heldUp(tenantId, error));
      published += turn.published;
      more ||= turn.more;
    }
    return { published, more };
  }

  private async turnOf(tenantId: string, batches: number): Promise<Progress> {
    const { holder, leaseMs } = this.options;
    let published = 0;
    let leased = false;
    try {
      for (let batch = 0; batch < batches; batch += 1) {
        const now = this.clock.now();
        leased = await this.outbox.lease(tenantId, holder, now, new Date(now.getTime() + leaseMs));
        if (!leased) return { published, more: false };
        const next = await this.publishNext(tenantId);
        published += next.published;
        if (!next.more) return { published, more: false };
      }
      return { published, more: true };
    } finally {
      if (leased) await this.release(tenantId);
    }
  }

  /** Reads, publishes and removes one batch. */
  private async publishNext(tenantId: string): Promise<Progress> {
    const events = await this.outbox.read(tenantId, this.options.batchMax);
    if (events.length === 0) return { published: 0, more: false };
    try {
      await this.publisher.publish(events);
    } catch (error) {
      await this.park(events, error);
      return { published: 0, more: true };
    }
    await this.outbox.remove(tenantId, events);
    this.meter.observe('batch_size', events.length, { name: 'relay' });
    return { published: events.length, more: events.length === this.options.batchMax };
  }

  /** What can never be published must not hold up the tenant's other events. Throws on whatever time may mend. */
  private async park(events: readonly OutboxEvent[], error: unknown): Promise<void> {
    const refused = error instanceof Unpublishable && events.find(({ eventId }) => eventId === error.event.eventId);
    if (!refused) throw error;
    const { tenantId, aggregateId, eventId, type } = refused;
    await this.outbox.park(tenantId, aggregateId, error.message, this.clock.now());
    this.meter.count('events_parked_total');
    const fields = { tenant_id: tenantId, aggregate_id: aggregateId, event_id: eventId, event_type: type };
    this.logger.error('event cannot be published, parked with those after it', { ...fields, ...errorFields(error) });
  }

  /** Its events stay in the outbox and are tried again by every pass. */
  private heldUp(tenantId: string, error: unknown): Progress {
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
