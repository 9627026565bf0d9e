import type { Clock, NewId } from '@ferry/kernel';
import { channelJson } from '../domain/channel/channel-json.js';
import { DEFAULT_UNIT, isChannelName, type Channel } from '../domain/channel/channel.js';
import type { DefinitionFault } from '../domain/channel/definition-reader.js';
import { parseChannel } from '../domain/channel/parse-channel.js';
import type { JsonValue, TenantId } from '../domain/recorded-payment.js';
import { toldOf, type Occasion } from '../domain/told.js';
import type { Channels, StoredChannel } from '../ports/channels.js';
import type { RecordingTenants } from '../ports/recording-tenants.js';

/** Each may be kept for ever with all its versions. */
export const CHANNELS_MAX = 100;

export type SaveChannelOutcome =
  | { readonly outcome: 'saved'; readonly stored: StoredChannel }
  | { readonly outcome: 'conflict'; readonly version: number }
  | { readonly outcome: 'bad-name' | 'too-many' }
  | { readonly outcome: 'bad-definition'; readonly faults: readonly DefinitionFault[] };
export type RemoveChannelOutcome =
  { readonly outcome: 'removed'; readonly stored: StoredChannel } | { readonly outcome: 'missing' | 'conflict' };

/** Declares, replaces and removes a tenant's channels; each time a whole new version. */
export class ConfigureChannels {
  constructor(
    private readonly channels: Channels,
    private readonly tenants: Pick<RecordingTenants, 'hasUnit'>,
    private readonly clock: Clock,
    private readonly newId: NewId,
  ) {}

  /** `version`: the one that the caller has seen, 0 if there is none; another one meanwhile is a conflict. */
  async save(
    tenantId: TenantId,
    name: string,
    definition: JsonValue,
    version: number,
    occasion: Occasion,
  ): Promise<SaveChannelOutcome> {
    if (!isChannelName(name)) return { outcome: 'bad-name' };
    const result = parseChannel(name, definition);
    if ('faults' in result) return { outcome: 'bad-definition', faults: result.faults };
    const { channel } = result;
    if (!(await this.hasUnit(tenantId, channel))) return { outcome: 'bad-definition', faults: [noUnit] };
    const before = await this.channels.find(tenantId, name);
    const seen = before?.channel ? before.version : 0;
    if (seen !== version) return { outcome: 'conflict', version: seen };
    if (!before?.channel && (await this.channels.list(tenantId)).length >= CHANNELS_MAX) return { outcome: 'too-many' };
    const stored = await this.put(tenantId, name, channel, before, occasion);
    return stored
      ? { outcome: 'saved', stored }
      : { outcome: 'conflict', version: await this.versionOf(tenantId, name) };
  }

  async remove(tenantId: TenantId, name: string, occasion: Occasion): Promise<RemoveChannelOutcome> {
    const before = await this.channels.find(tenantId, name);
    if (!before?.channel) return { outcome: 'missing' };
    const removed = await this.put(tenantId, name, undefined, before, occasion);
    return removed ? { outcome: 'removed', stored: before } : { outcome: 'conflict' };
  }

  private async hasUnit(tenantId: TenantId, { businessUnitId }: Channel): Promise<boolean> {
    return businessUnitId === DEFAULT_UNIT || this.tenants.hasUnit(tenantId, businessUnitId);
  }

  private async put(
    tenantId: TenantId,
    name: string,
    channel: Channel | undefined,
    before: StoredChannel | undefined,
    occasion: Occasion,
  ): Promise<StoredChannel | undefined> {
    const savedAt = this.clock.now();
    const stored = { name, version: (before?.version ?? 0) + 1, channel, savedAt };
    const told = toldOf(this.newId, savedAt, occasion, {
      tenantId,
      action: channel ? 'channel.saved' : 'channel.removed',
      subject: name,
      before: before?.channel && JSON.stringify(channelJson(before.channel)),
      after: channel && JSON.stringify(channelJson(channel)),
    });
    return (await this.channels.save(tenantId, stored, told)) === 'saved' ? stored : undefined;
  }

  private async versionOf(tenantId: TenantId, name: string): Promise<number> {
    const stored = await this.channels.find(tenantId, name);
    return stored?.channel ? stored.version : 0;
  }
}

const noUnit: DefinitionFault = { path: 'business_unit_id', rule: 'must be a business unit of the tenant' };
