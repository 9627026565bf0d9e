import type { ChannelLimits } from '@ferry/recording';
import type { RateLimits } from '@ferry/tenancy';

const MINUTE_MS = 60_000;

/** Webhooks of a channel are counted as requests of keys are, beside those. */
export const channelLimitsOf = (rates: RateLimits): ChannelLimits => ({
  take: (tenantId, channel, max) =>
    rates.take({ name: `${tenantId}:channel:${channel}`, policy: 'channel', max, windowMs: MINUTE_MS }),
});
