import type { Uuid } from '@ferry/kernel';
import type { OutboxEvent } from '../domain/outbox-event.js';

/**
 * Events that are true but not yet told. A relay leases a tenant, reads its oldest events in order, publishes them outside any
 * transaction and removes what was confirmed. There is no cursor, so nothing can be skipped; the lease keeps the order.
 * Every method throws `Unavailable` when the store is away.
 */
export interface Outbox {
  /** Tenants that have events waiting which are not parked, at most `limit`. */
  tenantsWaiting(limit: number): Promise<readonly string[]>;
  /** Takes or prolongs the lease; false while another holder has it. */
  lease(tenantId: string, holder: string, now: Date, until: Date): Promise<boolean>;
  /** Gives the lease back early. */
  release(tenantId: string, holder: string): Promise<void>;
  /** The first `limit` events that are not parked, ordered by aggregate and version: a prefix of every aggregate in it. */
  read(tenantId: string, limit: number): Promise<readonly OutboxEvent[]>;
  /** Removes published events. */
  remove(tenantId: string, events: readonly OutboxEvent[]): Promise<void>;
  /**
   * Keeps back the events of an aggregate, those to come included, until they are replayed: the first cannot be published, and
   * the next must not overtake it. `attention` tells operators why. Parking twice keeps the first reason.
   */
  park(tenantId: string, aggregateId: Uuid, attention: string, now: Date): Promise<void>;
  /** Parked aggregates, counted to `max`. */
  parked(max: number): Promise<number>;
  /** Lets the events of parked aggregates go again, at most `max` aggregates; answers how many. */
  replay(max: number): Promise<number>;
  /** How many events wait without being parked, counted to `max`, and since when the oldest does (by its time). */
  lag(max: number): Promise<{ readonly waiting: number; readonly oldestAt?: Date | undefined }>;
}
