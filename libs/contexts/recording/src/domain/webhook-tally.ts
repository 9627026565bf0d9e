import { isoTime } from '@ferry/kernel';
import type { TenantId } from './recorded-payment.js';

/** `2026-02-28`, in UTC. */
export type Day = string;

const DAY_MS = 86_400_000;

export const dayOf = (time: Date): Day => isoTime(time).slice(0, 10);
export const startOf = (day: Day): Date => new Date(`${day}T00:00:00.000Z`);
export const dayAfter = (day: Day, days = 1): Day => dayOf(new Date(startOf(day).getTime() + days * DAY_MS));

/** What webhooks brought, counted. */
export interface WebhookTally {
  /** Requests, whatever became of them. */
  readonly received: number;
  /** Payments that were recorded; a body may bring several. */
  readonly created: number;
  /** Payments that had been recorded before. */
  readonly duplicates: number;
  /** Requests of which nothing was recorded. */
  readonly rejected: number;
  /** That all of the requests took together. */
  readonly ms: number;
}

export interface DayOfWebhooks extends WebhookTally {
  readonly tenantId: TenantId;
  readonly day: Day;
}

export const noWebhooks: WebhookTally = { received: 0, created: 0, duplicates: 0, rejected: 0, ms: 0 };

export const sumOf = (a: WebhookTally, b: WebhookTally): WebhookTally => ({
  received: a.received + b.received,
  created: a.created + b.created,
  duplicates: a.duplicates + b.duplicates,
  rejected: a.rejected + b.rejected,
  ms: a.ms + b.ms,
});

/** Of the payments that webhooks brought, those that were told before; 0 when none came. */
export const duplicateRate = ({ created, duplicates }: WebhookTally): number =>
  created + duplicates === 0 ? 0 : duplicates / (created + duplicates);

export const averageMs = ({ received, ms }: WebhookTally): number => (received === 0 ? 0 : ms / received);
