import { PostgresChannels, PostgresRejectedWebhookRetention, PostgresRejectedWebhooks } from '@ferry/postgres';
import { ConfigureChannels, HeldDoors, KeepRejected, ReplayRejected, TryChannel } from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { channelSecretsOf } from '../bridges/channel-secrets.js';
import { recordingTenantsOf } from '../bridges/recording-tenants.js';
import { T } from '../tokens.js';

/** The ways by which tenants are told of payments. Webhooks are received where HTTP is: see the api's composition root. */
export const channelsModule = new ContainerModule(({ bind }) => {
  bind(T.Channels).toResolvedValue((database) => new PostgresChannels(database), [T.AppDatabase]);
  bind(T.RejectedWebhooks).toResolvedValue((database) => new PostgresRejectedWebhooks(database), [T.AppDatabase]);
  bind(T.RejectedWebhookRetention).toResolvedValue(
    (app, sweeper) => new PostgresRejectedWebhookRetention(app, sweeper),
    [T.AppDatabase, T.SweeperDatabase],
  );
  bind(T.RecordingTenants).toResolvedValue(recordingTenantsOf, [T.TenantRepository, T.HeldConfigs]);
  bind(T.ChannelSecrets).toResolvedValue(channelSecretsOf, [T.KeepSecrets, T.Logger]);
  bind(T.HeldDoors).toResolvedValue(
    (tenants, channels, secrets) => new HeldDoors(tenants, channels, secrets),
    [T.RecordingTenants, T.Channels, T.ChannelSecrets],
  );
  bind(T.KeepRejected).toResolvedValue(
    (rejected, clock, newId, logger) => new KeepRejected(rejected, clock, newId, logger),
    [T.RejectedWebhooks, T.Clock, T.NewId, T.Logger],
  );
  bind(T.ConfigureChannels).toResolvedValue(
    (channels, tenants, clock, newId) => new ConfigureChannels(channels, tenants, clock, newId),
    [T.Channels, T.RecordingTenants, T.Clock, T.NewId],
  );
  bind(T.TryChannel).toResolvedValue(
    (channels, tenants, clock) => new TryChannel(channels, tenants, clock),
    [T.Channels, T.RecordingTenants, T.Clock],
  );
  bind(T.ReplayRejected).toResolvedValue(
    (rejected, channels, tenants, facts, payments, clock, newId) =>
      new ReplayRejected(rejected, channels, tenants, facts, payments, clock, newId),
    [T.RejectedWebhooks, T.Channels, T.RecordingTenants, T.RecordFacts, T.RecordedPayments, T.Clock, T.NewId],
  );
});
