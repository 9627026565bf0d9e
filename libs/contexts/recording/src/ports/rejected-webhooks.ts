import type { Rejection } from '../domain/channel/rejection.js';
import type { Told } from '../domain/told.js';
import type { TenantId } from '../domain/recorded-payment.js';

export interface RejectedWebhook extends Rejection {
  readonly lastReceivedAt: Date;
  /** How often this body came. */
  readonly times: number;
  readonly replayedAt?: Date | undefined;
}

export interface RejectedWebhookQuery {
  readonly channel?: string | undefined;
  readonly businessUnitId?: string | undefined;
  /** The last one of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Bodies that were genuine and could not be recorded. Throws `Unavailable` (kernel) when the store cannot be reached. */
export interface RejectedWebhooks {
  /**
   * `again`: this body of this channel is kept already, and is now as this rejection says. `full`: of this channel `keptMax` wait to be
   * replayed, and this one is not kept.
   */
  keep(rejection: Rejection, keptMax: number): Promise<'kept' | 'again' | 'full'>;
  find(tenantId: TenantId, id: string): Promise<RejectedWebhook | undefined>;
  /** Newest first. */
  list(tenantId: TenantId, query: RejectedWebhookQuery): Promise<readonly RejectedWebhook[]>;
  /** Notes that it was recorded after all. False: that was noted before, and nothing is told. */
  markReplayed(tenantId: TenantId, id: string, told: Told): Promise<boolean>;
}

/** Of all tenants, bounded: what was last received before `before`; answers how many were forgotten. */
export interface RejectedWebhookRetention {
  forget(before: Date): Promise<number>;
}
