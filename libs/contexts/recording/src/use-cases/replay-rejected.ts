import type { Clock, NewId, Origin } from '@ferry/kernel';
import { GENERIC, undeclaredGeneric } from '../domain/channel/channel.js';
import type { ReadPayment, WebhookFault } from '../domain/channel/read-webhook.js';
import type { PaymentFact, TenantId } from '../domain/recorded-payment.js';
import { toldOf, type Occasion } from '../domain/told.js';
import type { Channels } from '../ports/channels.js';
import type { RecordedPayments } from '../ports/recorded-payments.js';
import type { RecordingTenants } from '../ports/recording-tenants.js';
import type { RejectedWebhook, RejectedWebhooks } from '../ports/rejected-webhooks.js';
import { keptToUnit } from './kept-to-unit.js';
import type { ReceivedPayment } from './receipt.js';
import { readDelivery } from './receive-webhook.js';
import type { RecordFacts } from './record-facts.js';

export type ReplayOutcome =
  | { readonly outcome: 'recorded'; readonly isList: boolean; readonly payments: readonly ReceivedPayment[] }
  /** The channel reads it no better than before; nothing was recorded. */
  | { readonly outcome: 'rejected'; readonly faults: readonly WebhookFault[] }
  /** `withheld`: the body was not kept. `no-channel`: the channel was removed. */
  | { readonly outcome: 'missing' | 'withheld' | 'no-channel' };

/** Records what was rejected before, by the channel as it is now. As often as one likes: a reference number is recorded once. */
export class ReplayRejected {
  constructor(
    private readonly rejected: RejectedWebhooks,
    private readonly channels: Pick<Channels, 'find'>,
    private readonly tenants: Pick<RecordingTenants, 'find'>,
    private readonly facts: Pick<RecordFacts, 'record'>,
    private readonly payments: Pick<RecordedPayments, 'find'>,
    private readonly clock: Clock,
    private readonly newId: NewId,
  ) {}

  /** `businessUnitId`: of a caller who sees one only. */
  async execute(
    tenantId: TenantId,
    id: string,
    occasion: Occasion,
    origin: Origin,
    businessUnitId?: string,
  ): Promise<ReplayOutcome> {
    const webhook = await this.rejected.find(tenantId, id);
    if (!webhook || (businessUnitId !== undefined && webhook.businessUnitId !== businessUnitId))
      return { outcome: 'missing' };
    if (webhook.body === undefined) return { outcome: 'withheld' };
    const read = await this.read(webhook, webhook.body);
    if (!read) return { outcome: 'no-channel' };
    if ('reason' in read)
      return { outcome: 'rejected', faults: [{ field: 'body', rule: read.reason, detail: read.detail }] };
    const faults = read.payments.flatMap((one) => ('faults' in one ? one.faults : []));
    if (faults.length > 0) return { outcome: 'rejected', faults };
    const payments = await this.record(tenantId, read.businessUnitId, read.payments.flatMap(factOf), origin);
    await this.mark(webhook, payments, occasion);
    const shown = await keptToUnit(this.payments, tenantId, businessUnitId, payments);
    return { outcome: 'recorded', isList: read.isList, payments: shown };
  }

  private async read({ tenantId, channel: name, contentType, businessUnitId }: RejectedWebhook, body: string) {
    const stored = await this.channels.find(tenantId, name);
    const tenant = await this.tenants.find(tenantId);
    const channel = stored?.channel ?? (name === GENERIC ? undeclaredGeneric : undefined);
    if (!channel || !tenant) return undefined;
    const delivery = { channel: name, body: Buffer.from(body), contentType };
    const unit = stored?.channel ? channel.businessUnitId : businessUnitId;
    return { ...readDelivery(delivery, { channel, tenant }, this.clock.now()), businessUnitId: unit };
  }

  private async record(
    tenantId: TenantId,
    businessUnitId: string,
    facts: readonly PaymentFact[],
    origin: Origin,
  ): Promise<readonly ReceivedPayment[]> {
    const items = facts.map((fact) => ({ fact, businessUnitId, origin }));
    const outcomes = await this.facts.record(tenantId, 'webhook', items);
    return outcomes.map(({ outcome, paymentId }, i) => ({
      status: outcome,
      referenceNumber: facts[i]?.referenceNumber ?? '',
      paymentId,
    }));
  }

  private async mark(
    { tenantId, id, channel }: RejectedWebhook,
    payments: readonly ReceivedPayment[],
    occasion: Occasion,
  ): Promise<void> {
    const after = JSON.stringify({ channel, payments: payments.length });
    const told = { tenantId, action: 'webhook.replayed', subject: id, after } as const;
    await this.rejected.markReplayed(tenantId, id, toldOf(this.newId, this.clock.now(), occasion, told));
  }
}

const factOf = (payment: ReadPayment): readonly PaymentFact[] => ('fact' in payment ? [payment.fact] : []);
