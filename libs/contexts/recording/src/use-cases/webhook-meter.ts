import type { Meter } from '@ferry/kernel';
import type { WebhookTally } from '../domain/webhook-tally.js';
import type { Receipt } from './receipt.js';

/** Names of channels are the tenants' own: metrics show so many of them, and all others as one. */
const CHANNELS_SHOWN_MAX = 50;
const OTHERS = 'other';

/** Undefined for what was not let in: strangers are no part of a tenant's day. */
export function tallyOf(receipt: Receipt, ms: number): WebhookTally | undefined {
  if (receipt.outcome === 'rejected' || receipt.outcome === 'unreadable')
    return { received: 1, created: 0, duplicates: 0, rejected: 1, ms };
  if (receipt.outcome !== 'received') return undefined;
  const count = (status: string): number => receipt.payments.filter((one) => one.status === status).length;
  return { received: 1, created: count('created'), duplicates: count('duplicate'), rejected: 0, ms };
}

/** Webhooks as operators see them. */
export class WebhookMeter {
  private readonly shown = new Set<string>();

  constructor(private readonly meter: Meter) {}

  answered(channel: string, receipt: Receipt, ms: number): void {
    const isKnown = receipt.outcome !== 'refused';
    this.meter.observe('webhook_seconds', ms / 1_000, { channel: isKnown ? this.nameOf(channel) : OTHERS });
    this.meter.count('webhooks_total', { outcome: outcomeOf(receipt) });
  }

  failed(channel: string, ms: number): void {
    this.meter.observe('webhook_seconds', ms / 1_000, { channel: this.shown.has(channel) ? channel : OTHERS });
    this.meter.count('webhooks_total', { outcome: 'failed' });
  }

  private nameOf(channel: string): string {
    if (this.shown.size < CHANNELS_SHOWN_MAX) this.shown.add(channel);
    return this.shown.has(channel) ? channel : OTHERS;
  }
}

/** One word for a webhook: of a list, the best of what became of its payments. */
function outcomeOf(receipt: Receipt): string {
  if (receipt.outcome === 'unreadable') return 'rejected';
  if (receipt.outcome !== 'received') return receipt.outcome;
  const isCreated = receipt.payments.some(({ status }) => status === 'created');
  return isCreated || receipt.payments.length === 0 ? 'created' : 'duplicate';
}
