import type { RejectedWebhook, TenantId, WebhookFault } from '@ferry/recording';

export interface RejectedWebhookRow {
  readonly id: string;
  readonly channel: string;
  readonly channel_version: number;
  readonly business_unit_id: string;
  readonly received_at: Date;
  readonly last_received_at: Date;
  readonly times: number;
  readonly reason: string;
  readonly faults: readonly WebhookFault[];
  readonly content_type: string;
  readonly body: string | null;
  readonly body_hash: string;
  readonly replayed_at: Date | null;
}

export const rejectedWebhookColumns =
  'id, channel, channel_version, business_unit_id, received_at, last_received_at, times, reason, faults, content_type, body, body_hash, replayed_at';

export const rejectedWebhookOf = (tenantId: TenantId, row: RejectedWebhookRow): RejectedWebhook => ({
  tenantId,
  id: row.id,
  channel: row.channel,
  channelVersion: row.channel_version,
  businessUnitId: row.business_unit_id,
  receivedAt: row.received_at,
  lastReceivedAt: row.last_received_at,
  times: row.times,
  reason: row.reason,
  faults: row.faults,
  contentType: row.content_type,
  body: row.body ?? undefined,
  bodyHash: row.body_hash,
  replayedAt: row.replayed_at ?? undefined,
});
