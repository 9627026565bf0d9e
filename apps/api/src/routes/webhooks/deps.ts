import type {
  Channels,
  ConfigureChannels,
  ReceiveWebhook,
  RejectedWebhooks,
  ReplayRejected,
  TryChannel,
} from '@ferry/recording';

/** What the routes of webhooks and channels ask of the rest of Ferry. */
export interface WebhookDeps {
  readonly receiveWebhook: Pick<ReceiveWebhook, 'execute'>;
  readonly channels: Pick<Channels, 'find' | 'list'>;
  readonly configureChannels: Pick<ConfigureChannels, 'save' | 'remove'>;
  readonly tryChannel: Pick<TryChannel, 'execute'>;
  readonly rejected: Pick<RejectedWebhooks, 'find' | 'list'>;
  readonly replayRejected: Pick<ReplayRejected, 'execute'>;
}
