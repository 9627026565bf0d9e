import { stopwatch, type Clock, type Stopwatch } from '@ferry/kernel';
import type { TenantId } from '../domain/recorded-payment.js';
import { averageMs, dayOf, duplicateRate } from '../domain/webhook-tally.js';
import type { StagingDay, StagingFigures } from '../ports/staging-figures.js';
import type { WebhookCountLog } from '../ports/webhook-counts.js';

export interface Stats {
  readonly staging: StagingDay;
  readonly webhooks: { readonly received: number; readonly duplicateRate: number; readonly averageMs: number };
}

interface Held {
  readonly stats: Promise<Stats>;
  readonly age: Stopwatch;
}

/** Waiting rows are counted to this. */
export const STATS_COUNT_MAX = 100_000;
/** Counting is for some milliseconds of the database; whoever asks more often gets what was counted last. */
const HOLD_MS = 5_000;
const TENANTS_MAX = 1_000;

/** What a tenant's staging and webhooks did today, which is the UTC day. */
export class TodayStats {
  private readonly held = new Map<TenantId, Held>();

  constructor(
    private readonly figures: Pick<StagingFigures, 'ofDay'>,
    private readonly log: Pick<WebhookCountLog, 'read'>,
    private readonly clock: Clock,
    private readonly holdMs = HOLD_MS,
  ) {}

  read(tenantId: TenantId): Promise<Stats> {
    const held = this.held.get(tenantId);
    if (held && held.age() <= this.holdMs) return held.stats;
    const stats = this.count(tenantId);
    this.hold(tenantId, { stats, age: stopwatch() });
    // What could not be counted is asked for anew.
    stats.catch(() => this.held.delete(tenantId));
    return stats;
  }

  private async count(tenantId: TenantId): Promise<Stats> {
    const day = dayOf(this.clock.now());
    const [staging, tally] = await Promise.all([
      this.figures.ofDay(tenantId, day, STATS_COUNT_MAX),
      this.log.read(tenantId, day),
    ]);
    return {
      staging,
      webhooks: { received: tally.received, duplicateRate: duplicateRate(tally), averageMs: averageMs(tally) },
    };
  }

  private hold(tenantId: TenantId, one: Held): void {
    this.held.delete(tenantId);
    this.held.set(tenantId, one);
    const [oldest] = this.held.keys();
    if (this.held.size > TENANTS_MAX) this.held.delete(oldest as TenantId);
  }
}
