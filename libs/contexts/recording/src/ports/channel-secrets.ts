import type { TenantId } from '../domain/recorded-payment.js';

/** What a tenant has agreed with the outside system behind a channel. Several are valid while one takes another's place. */
export interface ChannelSecrets {
  /** Newest first; none if there are none, or none that can be opened. */
  open(tenantId: TenantId, channel: string): Promise<readonly string[]>;
}
