import { errorFields } from '@ferry/kernel';
import type { Container } from 'inversify';
import { Loop } from './loop.js';
import { T } from './tokens.js';

/** How far behind the counts of webhooks may be, and what a killed api forgets of them. */
const WEBHOOK_COUNTS_INTERVAL_MS = 5_000;

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
