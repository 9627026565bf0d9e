import { ReceiveWebhook, RecordInBatches } from '@ferry/recording';
import type { RateLimits } from '@ferry/tenancy';
import { channelLimitsOf, T, type ApiSettings } from '@ferry/wiring';
import type { Container } from 'inversify';
import type { WebhookDeps } from './deps.js';

/** Two, so that a tenant whose references wait for those of another transaction does not keep all others waiting. */
const CONCURRENCY = 2;

/** Webhooks are recorded as payments are created: in batches of as many, while so many wait. */
export function composeWebhooks(
  container: Container,
  settings: Pick<ApiSettings, 'WEBHOOK_TIMEOUT_MS' | 'CREATE_BATCH_MAX' | 'CREATE_WAITING_MAX'>,
  rates: RateLimits,
): WebhookDeps {
  const meter = container.get(T.Meter);
  const recorder = new RecordInBatches(container.get(T.RecordFacts), {
    sizeMax: settings.CREATE_BATCH_MAX,
    concurrency: CONCURRENCY,
    waitingMax: settings.CREATE_WAITING_MAX,
    onFlush: (size) => meter.observe('batch_size', size, { name: 'record' }),
  });
  const receiveWebhook = new ReceiveWebhook(
    {
      doors: container.get(T.HeldDoors),
      limits: channelLimitsOf(rates),
      recorder,
      payments: container.get(T.RecordedPayments),
      rejected: container.get(T.KeepRejected),
      counts: container.get(T.CountWebhooks),
      clock: container.get(T.Clock),
      meter,
    },
    { timeoutMs: settings.WEBHOOK_TIMEOUT_MS },
  );
  return {
    receiveWebhook,
    channels: container.get(T.Channels),
    configureChannels: container.get(T.ConfigureChannels),
    tryChannel: container.get(T.TryChannel),
    rejected: container.get(T.RejectedWebhooks),
    replayRejected: container.get(T.ReplayRejected),
  };
}
