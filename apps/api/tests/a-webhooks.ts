import { newId, silentMeter, systemClock, type Clock, type Logger, type Meter } from '@ferry/kernel';
import {
  ConfigureChannels,
  HeldDoors,
  KeepRejected,
  ReceiveWebhook,
  RecordFacts,
  RecordInBatches,
  ReplayRejected,
  TryChannel,
  type ChannelLimits,
  type RecordedPayments,
  type RecordingTenants,
  type WebhookCounts,
} from '@ferry/recording';
import { InMemoryChannels } from '@ferry/recording/testing';
import { channelSecretsOf, recordingTenantsOf } from '@ferry/wiring';
import type { KeepSecrets } from '@ferry/tenancy';
import type { TenancyDeps } from '../src/routes/tenancy/deps.js';
import type { WebhookDeps } from '../src/routes/webhooks/deps.js';

export interface WebhookParts {
  readonly tenancy: TenancyDeps;
  readonly facts: Pick<RecordFacts, 'record'>;
  readonly payments: Pick<RecordedPayments, 'find'>;
  readonly counts: WebhookCounts;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly store?: InMemoryChannels;
  readonly clock?: Clock;
  readonly limits?: ChannelLimits;
  readonly timeoutMs?: number;
}

/** Asks the store each time: what is held in front of it has tests of its own. */
export const aRecorder = (payments: RecordedPayments): RecordFacts => {
  const unseen = { find: (_: string, asked: readonly string[]) => Promise.resolve(asked.map(() => undefined)) };
  const seen = { ...unseen, remember: () => Promise.resolve(), forget: () => Promise.resolve() };
  return new RecordFacts({ payments, seen, clock: systemClock, newId, meter: silentMeter });
};

/** Webhooks and channels on in-memory fakes. */
export function aWebhooks(parts: WebhookParts): WebhookDeps & { readonly store: InMemoryChannels } {
  const {
    tenancy,
    facts,
    payments,
    counts,
    meter,
    logger,
    store = new InMemoryChannels(),
    clock = systemClock,
  } = parts;
  const { limits = { take: () => Promise.resolve({ allowed: true, resetsInMs: 0 }) }, timeoutMs = 5_000 } = parts;
  const known = recordingTenantsOf(tenancy.tenants, tenancy.configs);
  const tenants: RecordingTenants = {
    ...known,
    // The tenant of nobody is in no store of a test.
    find: async (id) => (await known.find(id)) ?? (id === 'default' ? { suspended: false, currencies: [] } : undefined),
  };
  const secrets = channelSecretsOf(tenancy.keepSecrets as KeepSecrets, logger);
  const { channels, rejected } = store;
  const recorder = new RecordInBatches(facts, { sizeMax: 200, concurrency: 2, waitingMax: 10_000 });
  const needs = {
    // One for each request, which remembers nothing: a test changes a channel and asks at once.
    doors: { find: (...asked: [string, string]) => new HeldDoors(tenants, channels, secrets).find(...asked) },
    limits,
    recorder,
    payments,
    rejected: new KeepRejected(rejected, clock, newId, logger),
    counts,
    clock,
    meter,
  };
  return {
    store,
    receiveWebhook: new ReceiveWebhook(needs, { timeoutMs }),
    channels,
    configureChannels: new ConfigureChannels(channels, tenants, clock, newId),
    tryChannel: new TryChannel(channels, tenants, clock),
    rejected,
    replayRejected: new ReplayRejected(rejected, channels, tenants, facts, payments, clock, newId),
  };
}
