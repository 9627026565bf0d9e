import type { Clock } from '@ferry/kernel';
import type { TenantId } from '../domain/recorded-payment.js';
import { dayOf, sumOf, type DayOfWebhooks, type WebhookTally } from '../domain/webhook-tally.js';
import type { WebhookCountLog, WebhookCounts } from '../ports/webhook-counts.js';

/** Tenants and days whose counts wait in memory at most: beyond it, webhooks of further ones are not counted until the next round. */
const WAITING_MAX = 10_000;

/** Adds up in memory what webhooks bring, and stores it now and then: a statement every few seconds instead of one for each request. */
export class CountWebhooks implements WebhookCounts {
  private waiting = new Map<string, DayOfWebhooks>();

  constructor(
    private readonly log: Pick<WebhookCountLog, 'record'>,
    private readonly clock: Clock,
    private readonly waitingMax = WAITING_MAX,
  ) {}

  add(tenantId: TenantId, tally: WebhookTally): void {
    this.note({ ...tally, tenantId, day: dayOf(this.clock.now()) });
  }

  /** One round. What could not be stored waits for the next; if it was stored after all it counts twice, which figures bear and money would not. */
  async run(): Promise<{ readonly more: false }> {
    const counts = this.waiting;
    if (counts.size === 0) return { more: false };
    this.waiting = new Map();
    try {
      await this.log.record([...counts.values()]);
    } catch (error) {
      for (const count of counts.values()) this.note(count);
      throw error;
    }
    return { more: false };
  }

  private note(count: DayOfWebhooks): void {
    const name = `${count.day} ${count.tenantId}`;
    const before = this.waiting.get(name);
    if (!before && this.waiting.size >= this.waitingMax) return;
    this.waiting.set(name, before ? { ...count, ...sumOf(before, count) } : count);
  }
}
