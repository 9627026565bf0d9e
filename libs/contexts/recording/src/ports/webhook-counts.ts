import type { TenantId } from '../domain/recorded-payment.js';
import type { Day, DayOfWebhooks, WebhookTally } from '../domain/webhook-tally.js';

/** Where a webhook is noted once it is answered. Cheap, and never throws: counting must not keep a payment from being recorded. */
export interface WebhookCounts {
  add(tenantId: TenantId, tally: WebhookTally): void;
}

/** The counts of all processes together. */
export interface WebhookCountLog {
  /** Adds to what was counted before; a tenant and day once in a call. */
  record(counts: readonly DayOfWebhooks[]): Promise<void>;
  read(tenantId: TenantId, day: Day): Promise<WebhookTally>;
}
