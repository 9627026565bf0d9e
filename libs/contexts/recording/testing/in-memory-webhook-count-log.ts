import { noWebhooks, sumOf, type Day, type DayOfWebhooks, type WebhookTally } from '../src/domain/webhook-tally.js';
import type { WebhookCountLog } from '../src/ports/webhook-counts.js';

export class InMemoryWebhookCountLog implements WebhookCountLog {
  private readonly tallies = new Map<string, WebhookTally>();

  async record(counts: readonly DayOfWebhooks[]): Promise<void> {
    for (const { tenantId, day, received, created, duplicates, rejected, ms } of counts) {
      const tally = { received, created, duplicates, rejected, ms: Math.round(ms) };
      this.tallies.set(`${tenantId} ${day}`, sumOf(this.of(tenantId, day), tally));
    }
  }

  async read(tenantId: string, day: Day): Promise<WebhookTally> {
    return this.of(tenantId, day);
  }

  private readonly of = (tenantId: string, day: Day): WebhookTally =>
    this.tallies.get(`${tenantId} ${day}`) ?? noWebhooks;
}
