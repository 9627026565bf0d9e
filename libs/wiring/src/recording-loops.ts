import { errorFields } from '@ferry/kernel';
import { PostgresPartitionSpace } from '@ferry/postgres';
import { STANDING_COUNT_MAX } from '@ferry/recording';
import type { Container } from 'inversify';
import { Loop } from './loop.js';
import { partitionSpaceUsed } from './partition-space-used.js';
import { T } from './tokens.js';

/** How far behind the counts of webhooks may be, and what a killed api forgets of them. */
const WEBHOOK_COUNTS_INTERVAL_MS = 5_000;

/** A count is made anew when it is 10 s old, by one of all workers; the gauge of each says what was counted last. */
const STANDING_INTERVAL_MS = 5_000;
/** The sizes of files are asked for; they change slowly. */
const SPACE_INTERVAL_MS = 60_000;

/** For an api: stores what webhooks brought now and then, and once more at the end. */
export function startWebhookCounts(container: Container): void {
  const [counts, logger, lifecycle] = [
    container.get(T.CountWebhooks),
    container.get(T.Logger),
    container.get(T.Lifecycle),
  ];
  lifecycle.onClose('last webhook counts', async () => {
    await counts
      .run()
      .catch((error: unknown) => logger.warn('the last webhook counts were not stored', errorFields(error)));
  });
  const loop = new Loop(() => counts.run(), { name: 'webhook counts', intervalMs: WEBHOOK_COUNTS_INTERVAL_MS, logger });
  lifecycle.onClose('webhook counts', () => loop.stop());
}

/** For a worker: how staging and the months of recorded payments stand, for metrics and for the health of all. */
export function startRecordingGauges(container: Container): void {
  const [telling, errors, meter] = [
    container.get(T.TellStanding),
    container.get(T.StagingErrors),
    container.get(T.Meter),
  ];
  startGauge(container, 'staging backlog', STANDING_INTERVAL_MS, async () =>
    meter.gauge('staging_backlog', (await telling.execute()).waiting),
  );
  startGauge(container, 'staging given up', STANDING_INTERVAL_MS, async () =>
    meter.gauge('staging_given_up', await errors.countGivenUp(STANDING_COUNT_MAX)),
  );
  startGauge(container, 'expired months', SPACE_INTERVAL_MS, async () =>
    meter.gauge('partitions_expired', (await container.get(T.ExpireMonths).expired()).length),
  );
  const space = new PostgresPartitionSpace(container.get(T.SweeperDatabase));
  const { PARTITION_SPACE_MAX_GB: gigabytesMax } = container.get(T.WorkerSettings);
  startGauge(container, 'partition space', SPACE_INTERVAL_MS, async () => {
    const used = partitionSpaceUsed(await space.read(), container.get(T.Clock).now(), gigabytesMax);
    for (const [name, share] of Object.entries(used)) meter.gauge('partition_space_used', share, { name });
  });
}

/** Each by itself: one that cannot be told now leaves the others true. */
function startGauge(container: Container, name: string, intervalMs: number, tell: () => Promise<void>): void {
  const round = async (): Promise<{ more: boolean }> => {
    await tell();
    return { more: false };
  };
  const loop = new Loop(round, { name, intervalMs, logger: container.get(T.Logger) });
  container.get(T.Lifecycle).onClose(name, () => loop.stop());
}
