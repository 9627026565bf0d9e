import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { RelayEvents } from '@ferry/messaging';
import { ContainerModule } from 'inversify';
import { T } from '../tokens.js';

/**
 * Longer than Kafka's publish deadline (15 s) and a slow read, so that the lease outlives a slow publish; and no longer, because
 * all events of a tenant wait for it when a relay is killed.
 */
const RELAY_LEASE_MS = 20_000;
const TENANTS_PER_PASS = 100;
/** One tenant's alone; of several that wait each has its share of them. */
const BATCHES_PER_PASS = 10;

export const messagingModule = new ContainerModule(({ bind }) => {
  bind(T.RelayEvents).toResolvedValue(
    (outbox, publisher, clock, logger, meter, settings) =>
      new RelayEvents(outbox, publisher, clock, logger, meter, {
        holder: `${hostname().slice(0, 40)}/${process.pid}/${randomUUID()}`,
        leaseMs: RELAY_LEASE_MS,
        batchMax: settings.RELAY_BATCH,
        tenantsMax: TENANTS_PER_PASS,
        batchesPerPass: BATCHES_PER_PASS,
      }),
    [T.Outbox, T.EventPublisher, T.Clock, T.Logger, T.Meter, T.WorkerSettings],
  );
});
