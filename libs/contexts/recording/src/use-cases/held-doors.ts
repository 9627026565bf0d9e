import { AgingCache, stopwatch, type HmacKey, type Stopwatch } from '@ferry/kernel';
import { isChannelName } from '../domain/channel/channel.js';
import { signingKeys } from '../domain/channel/signature.js';
import type { TenantId } from '../domain/recorded-payment.js';
import type { ChannelSecrets } from '../ports/channel-secrets.js';
import type { Channels, StoredChannel } from '../ports/channels.js';
import type { RecordingTenant, RecordingTenants } from '../ports/recording-tenants.js';

/** What has to be known to let a webhook in. */
export interface Door {
  readonly tenant: RecordingTenant | undefined;
  readonly stored: StoredChannel | undefined;
  readonly keys: readonly HmacKey[];
}

/** A second, less what a timer may be late: what was changed or taken away is obeyed everywhere after this time. */
const HOLD_MS = 900;
const DOORS_MAX = 10_000;
const closed: Door = { tenant: undefined, stored: undefined, keys: [] };

interface Held {
  readonly door: Door;
  readonly age: Stopwatch;
}

/** Channels with their secrets as they were less than a second ago, so that not every webhook costs a decryption. Those who ask at once share one question. */
export class HeldDoors {
  private readonly known = new AgingCache<Held>(DOORS_MAX, HOLD_MS);
  /** Apart, so that guessing drives no real channel out. */
  private readonly absent = new AgingCache<Held>(DOORS_MAX, HOLD_MS);
  private readonly asked = new Map<string, Promise<Door>>();

  constructor(
    private readonly tenants: Pick<RecordingTenants, 'find'>,
    private readonly channels: Pick<Channels, 'find'>,
    private readonly secrets: ChannelSecrets,
  ) {}

  async find(tenantId: TenantId, channel: string): Promise<Door> {
    if (!isTenantId(tenantId) || !isChannelName(channel)) return closed;
    const name = `${tenantId}/${channel}`;
    const held = this.known.get(name) ?? this.absent.get(name);
    if (held) return held.door;
    const asked = this.asked.get(name) ?? this.ask(name, tenantId, channel).finally(() => this.asked.delete(name));
    this.asked.set(name, asked);
    return asked;
  }

  /** All at once and whatever there is: how long it takes tells nothing of what exists. */
  private async ask(name: string, tenantId: TenantId, channel: string): Promise<Door> {
    const age = stopwatch();
    const [tenant, stored, secrets] = await Promise.all([
      this.tenants.find(tenantId),
      this.channels.find(tenantId, channel),
      this.secrets.open(tenantId, channel),
    ]);
    const keys = stored?.channel ? signingKeys(stored.channel.signature, secrets) : [];
    const door = { tenant, stored, keys };
    (stored ? this.known : this.absent).set(name, { door, age });
    return door;
  }
}

/** Whoever names a tenant may write anything: what cannot be one is not looked for. */
const isTenantId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$/.test(text);
