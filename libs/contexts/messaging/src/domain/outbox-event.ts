import type { Origin, Uuid } from '@ferry/kernel';

/**
 * An event as it left its context: written in the transaction that made it true, published afterwards.
 * (tenantId, aggregateId, version) names it for ever; versions of an aggregate have no gap.
 */
export interface OutboxEvent {
  readonly tenantId: string;
  /** Topic to publish to, e.g. `payment.events`. */
  readonly topic: string;
  /** Also the key of the record: events of one aggregate stay in order. */
  readonly aggregateId: Uuid;
  readonly version: number;
  readonly eventId: Uuid;
  /** E.g. `payment.succeeded`. */
  readonly type: string;
  readonly at: Date;
  /** The JSON text that subscribers get, unchanged. */
  readonly payload: string;
  readonly origin: Origin;
}
