import type { Told } from '../src/domain/told.js';
import type { Rejection } from '../src/domain/channel/rejection.js';
import type { TenantId } from '../src/domain/recorded-payment.js';
import type { Channels, StoredChannel } from '../src/ports/channels.js';
import type {
  RejectedWebhook,
  RejectedWebhookQuery,
  RejectedWebhookRetention,
  RejectedWebhooks,
} from '../src/ports/rejected-webhooks.js';
import { aTenant } from './builders.js';
import { toldLine, type ChannelStore } from './channel-store.js';

/** Channels and rejected webhooks with the semantics of the real store. */
export class InMemoryChannels implements ChannelStore {
  private readonly versions = new Map<TenantId, StoredChannel[]>();
  private rows: RejectedWebhook[] = [];
  private readonly lines = new Map<TenantId, string[]>();

  readonly channels: Channels = {
    find: async (tenantId, name) => {
      await wire();
      return structuredClone((this.versions.get(tenantId) ?? []).findLast((one) => one.name === name));
    },
    list: async (tenantId) => {
      await wire();
      const newest = new Map((this.versions.get(tenantId) ?? []).map((one) => [one.name, one]));
      const there = [...newest.values()].filter(({ channel }) => channel !== undefined);
      return structuredClone(there.sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    save: async (tenantId, stored, told) => {
      await wire();
      const all = this.versions.get(tenantId) ?? [];
      const last = all.findLast((one) => one.name === stored.name)?.version ?? 0;
      if (stored.version !== last + 1) return 'conflict';
      this.versions.set(tenantId, [...all, structuredClone(stored)]);
      this.tell(tenantId, told);
      return 'saved';
    },
  };

  readonly rejected: RejectedWebhooks = {
    keep: async (rejection, keptMax) => {
      await wire();
      return this.keep(structuredClone(rejection), keptMax);
    },
    find: async (tenantId, id) => {
      await wire();
      return structuredClone(this.rows.find((row) => row.tenantId === tenantId && row.id === id));
    },
    list: async (tenantId, query) => {
      await wire();
      const found = this.rows.filter((row) => row.tenantId === tenantId && matches(row, query));
      return structuredClone(found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, query.limit));
    },
    markReplayed: async (tenantId, id, told) => {
      await wire();
      const row = this.rows.find((one) => one.tenantId === tenantId && one.id === id && !one.replayedAt);
      if (!row) return false;
      this.rows = this.rows.map((one) => (one === row ? { ...one, replayedAt: told.at } : one));
      this.tell(tenantId, told);
      return true;
    },
  };

  readonly retention: RejectedWebhookRetention = {
    forget: async (before) => {
      await wire();
      const kept = this.rows.filter(({ lastReceivedAt }) => lastReceivedAt >= before);
      const forgotten = this.rows.length - kept.length;
      this.rows = kept;
      return forgotten;
    },
  };

  newTenant = (): Promise<TenantId> => Promise.resolve(aTenant());

  told = (tenantId: TenantId): Promise<readonly string[]> => Promise.resolve(this.lines.get(tenantId) ?? []);

  private keep(rejection: Rejection, keptMax: number): 'kept' | 'again' | 'full' {
    const { tenantId, channel, bodyHash, receivedAt } = rejection;
    const ofChannel = this.rows.filter((row) => row.tenantId === tenantId && row.channel === channel);
    const same = ofChannel.find((row) => row.bodyHash === bodyHash);
    if (same) {
      const { reason, faults, channelVersion } = rejection;
      const now = { ...same, reason, faults, channelVersion, times: same.times + 1, lastReceivedAt: receivedAt };
      this.rows = this.rows.map((row) => (row === same ? now : row));
      return 'again';
    }
    if (ofChannel.filter(({ replayedAt }) => !replayedAt).length >= keptMax) return 'full';
    this.rows.push({ ...rejection, lastReceivedAt: receivedAt, times: 1 });
    return 'kept';
  }

  private tell(tenantId: TenantId, told: Told): void {
    this.lines.set(tenantId, [...(this.lines.get(tenantId) ?? []), toldLine(told)]);
  }
}

/** Every call crosses a wire: it never does anything in the caller's own turn. */
const wire = (): Promise<void> => Promise.resolve();

const matches = (row: RejectedWebhook, { channel, businessUnitId, before }: RejectedWebhookQuery): boolean =>
  (channel === undefined || row.channel === channel) &&
  (businessUnitId === undefined || row.businessUnitId === businessUnitId) &&
  (before === undefined || row.id < before);
