import type { Told } from '../src/domain/told.js';
import type { TenantId } from '../src/domain/recorded-payment.js';
import type { Channels } from '../src/ports/channels.js';
import type { RejectedWebhookRetention, RejectedWebhooks } from '../src/ports/rejected-webhooks.js';

/** What the contract suites of channels ask of a store under test. */
export interface ChannelStore {
  readonly channels: Channels;
  readonly rejected: RejectedWebhooks;
  readonly retention: RejectedWebhookRetention;
  /** One that exists. */
  newTenant(): Promise<TenantId>;
  /** What the audit log of a tenant was told: `action subject`. */
  told(tenantId: TenantId): Promise<readonly string[]>;
}

export type MakeChannelStore = () => Promise<ChannelStore>;

export const toldLine = ({ action, subject }: Pick<Told, 'action' | 'subject'>): string => `${action} ${subject}`;
