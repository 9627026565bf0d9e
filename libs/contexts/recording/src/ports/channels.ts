import type { Channel } from '../domain/channel/channel.js';
import type { Told } from '../domain/told.js';
import type { TenantId } from '../domain/recorded-payment.js';

export interface StoredChannel {
  readonly name: string;
  /** 1, 2, 3 ...; goes on behind a removal. */
  readonly version: number;
  /** Undefined: removed with this version. */
  readonly channel?: Channel | undefined;
  readonly savedAt: Date;
}

/** The channels of tenants, each version kept. Throws `Unavailable` (kernel) when the store cannot be reached. */
export interface Channels {
  /** The newest version, be it a removal. */
  find(tenantId: TenantId, name: string): Promise<StoredChannel | undefined>;
  /** The newest version of each that is not removed, in order of names. */
  list(tenantId: TenantId): Promise<readonly StoredChannel[]>;
  /** `conflict`: this version is there already, or the one before it is not; nothing was written. */
  save(tenantId: TenantId, stored: StoredChannel, told: Told): Promise<'saved' | 'conflict'>;
}
