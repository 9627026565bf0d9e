import { errorFields } from '@ferry/kernel';
import { PostgresPartitionSpace } from '@ferry/postgres';
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
  const [telling, clock, meter] = [container.get(T.TellStanding), container.get(T.Clock), container.get(T.Meter)];
  const [logger, lifecycle] = [container.get(T.Logger), container.get(T.Lifecycle)];
  const space = new PostgresPartitionSpace(container.get(T.SweeperDatabase));
  const { PARTITION_SPACE_MAX_GB: gigabytesMax } = container.get(T.WorkerSettings);
  const standing = async (): Promise<{ more: boolean }> => {
    meter.gauge('staging_backlog', (await telling.execute()).waiting);
    return { more: false };
  };
  const spaceUsed = async (): Promise<{ more: boolean }> => {
    const used = partitionSpaceUsed(await space.read(), clock.now(), gigabytesMax);
    for (const [name, share] of Object.entries(used)) meter.gauge('partition_space_used', share, { name });
    return { more: false };
  };
  const months = container.get(T.ExpireMonths);
  const expired = async (): Promise<{ more: boolean }> => {
    meter.gauge('partitions_expired', (await months.expired()).length);
    return { more: false };
  };
  for (const [name, round, intervalMs] of [
    ['expired months', expired, SPACE_INTERVAL_MS],
    ['standing of staging', standing, STANDING_INTERVAL_MS],
    ['partition space', spaceUsed, SPACE_INTERVAL_MS],
  ] as const) {
    const loop = new Loop(round, { name, intervalMs, logger });
    lifecycle.onClose(name, () => loop.stop());
  }
}
