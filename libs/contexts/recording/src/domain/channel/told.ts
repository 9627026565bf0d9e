import type { Uuid } from '@ferry/kernel';
import type { TenantId } from '../recorded-payment.js';

/** Who does something, from where, in which request. */
export interface Occasion {
  readonly actor: { readonly kind: 'key' | 'person' | 'nobody' | 'operator' | 'system'; readonly id: string };
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What the tenant's audit log is told of a channel, in the transaction of what it tells. */
export interface ChannelTold extends Occasion {
  readonly tenantId: TenantId;
  /** UUIDv7 of `at`. */
  readonly id: Uuid;
  readonly at: Date;
  readonly action: 'channel.saved' | 'channel.removed' | 'webhook.replayed';
  readonly subject: string;
  /** JSON texts. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}
