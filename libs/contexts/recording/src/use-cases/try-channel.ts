import type { Clock } from '@ferry/kernel';
import { GENERIC, undeclaredGeneric, type Channel } from '../domain/channel/channel.js';
import type { DefinitionFault } from '../domain/channel/definition-reader.js';
import { parseChannel } from '../domain/channel/parse-channel.js';
import type { Unreadable } from '../domain/channel/read-body.js';
import type { ReadWebhook } from '../domain/channel/read-webhook.js';
import type { JsonValue, TenantId } from '../domain/recorded-payment.js';
import type { Channels } from '../ports/channels.js';
import type { RecordingTenants } from '../ports/recording-tenants.js';
import { readDelivery } from './receive-webhook.js';

/** A body to be tried. */
export interface Trial {
  readonly body: string;
  readonly contentType: string;
  /** Of a channel that is not saved yet; the saved one when absent. */
  readonly definition?: JsonValue | undefined;
}

export type TrialOutcome =
  | { readonly outcome: 'read'; readonly channel: Channel; readonly read: ReadWebhook | Unreadable }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'bad-definition'; readonly faults: readonly DefinitionFault[] };

/** Shows what a body would become, and records nothing. */
export class TryChannel {
  constructor(
    private readonly channels: Pick<Channels, 'find'>,
    private readonly tenants: Pick<RecordingTenants, 'find'>,
    private readonly clock: Clock,
  ) {}

  async execute(tenantId: TenantId, name: string, trial: Trial): Promise<TrialOutcome> {
    const tenant = await this.tenants.find(tenantId);
    const channel = await this.channelOf(tenantId, name, trial.definition);
    if (!tenant || !channel) return { outcome: 'missing' };
    if ('faults' in channel) return { outcome: 'bad-definition', faults: channel.faults };
    const delivery = { channel: name, body: Buffer.from(trial.body), contentType: trial.contentType };
    return { outcome: 'read', channel, read: readDelivery(delivery, { channel, tenant }, this.clock.now()) };
  }

  private async channelOf(
    tenantId: TenantId,
    name: string,
    definition: JsonValue | undefined,
  ): Promise<Channel | { readonly faults: readonly DefinitionFault[] } | undefined> {
    if (definition !== undefined) {
      const result = parseChannel(name, definition);
      return 'channel' in result ? result.channel : result;
    }
    const stored = await this.channels.find(tenantId, name);
    return stored?.channel ?? (name === GENERIC ? undeclaredGeneric : undefined);
  }
}
