import type { TenantId } from '../domain/recorded-payment.js';

/** How many webhooks a minute a channel takes. Never rejects because a service is away. */
export interface ChannelLimits {
  take(
    tenantId: TenantId,
    channel: string,
    requestsPerMinute: number,
  ): Promise<{ readonly allowed: boolean; readonly resetsInMs: number }>;
}
