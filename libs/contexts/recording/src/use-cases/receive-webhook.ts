import { DeadlinePassed, stopwatch, Unavailable, within, type Clock, type Meter } from '@ferry/kernel';
import { GENERIC } from '../domain/channel/channel.js';
import type { Unreadable } from '../domain/channel/read-body.js';
import { readWebhook, type ReadPayment, type ReadWebhook } from '../domain/channel/read-webhook.js';
import type { ChannelLimits } from '../ports/channel-limits.js';
import type { RecordedPayments } from '../ports/recorded-payments.js';
import type { WebhookCounts } from '../ports/webhook-counts.js';
import { admitDelivery, type Admitted, type Delivery } from './admit-delivery.js';
import type { HeldDoors } from './held-doors.js';
import { keptToUnit } from './kept-to-unit.js';
import type { KeepRejected } from './keep-rejected.js';
import type { Receipt, ReceivedPayment } from './receipt.js';
import type { RecordInBatches } from './record-in-batches.js';
import { tallyOf, WebhookMeter } from './webhook-meter.js';

export interface ReceiveWebhookNeeds {
  readonly doors: Pick<HeldDoors, 'find'>;
  readonly limits: ChannelLimits;
  readonly recorder: Pick<RecordInBatches, 'record'>;
  readonly payments: Pick<RecordedPayments, 'find'>;
  readonly rejected: Pick<KeepRejected, 'keep'>;
  readonly counts: WebhookCounts;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Records what a webhook tells, while its sender waits. Rejects with `Unavailable` or `BatcherFull` (kernel) when that cannot be done in time:
 * then some of it may be recorded, and the sender sends it again.
 */
export class ReceiveWebhook {
  private readonly meter: WebhookMeter;

  constructor(
    private readonly needs: ReceiveWebhookNeeds,
    private readonly options: { readonly timeoutMs: number },
  ) {
    this.meter = new WebhookMeter(needs.meter);
  }

  async execute(delivery: Delivery): Promise<Receipt> {
    const age = stopwatch();
    try {
      const receipt = await within(this.options.timeoutMs, this.receive(delivery));
      this.account(delivery, receipt, age());
      return receipt;
    } catch (error) {
      this.meter.failed(delivery.channel, age());
      if (error instanceof DeadlinePassed) throw new Unavailable('recording', { cause: error });
      throw error;
    }
  }

  private async receive(delivery: Delivery): Promise<Receipt> {
    const { tenantId, channel } = delivery;
    const door = await this.needs.doors.find(tenantId, channel);
    const now = this.needs.clock.now();
    const admitted = admitDelivery(door, delivery, now);
    if ('refusal' in admitted) return { outcome: 'refused', refusal: admitted.refusal };
    if (admitted.tenant.suspended) return { outcome: 'suspended' };
    const { requestsPerMinute: rate } = admitted.channel;
    // After the proof: a stranger must not use up what belongs to the sender.
    const standing = rate === undefined ? undefined : await this.needs.limits.take(tenantId, channel, rate);
    if (standing && !standing.allowed) return { outcome: 'limited', resetsInMs: standing.resetsInMs };
    const read = readDelivery(delivery, admitted, now);
    return 'reason' in read ? this.unreadable(delivery, admitted, read) : this.record(delivery, admitted, read);
  }

  private async unreadable(delivery: Delivery, admitted: Admitted, why: Unreadable): Promise<Receipt> {
    await this.needs.rejected.keep(delivery, admitted, why);
    return { outcome: 'unreadable', why };
  }

  private async record(delivery: Delivery, admitted: Admitted, { isList, payments }: ReadWebhook): Promise<Receipt> {
    const all = await Promise.all(payments.map((payment) => this.recordOne(delivery, admitted, payment)));
    const received = await keptToUnit(this.needs.payments, delivery.tenantId, delivery.caller?.businessUnitId, all);
    const faults = received.flatMap((one) => (one.status === 'rejected' ? one.faults : []));
    if (faults.length > 0) await this.needs.rejected.keep(delivery, admitted, faults);
    if (received.length > 0 && received.every(({ status }) => status === 'rejected'))
      return { outcome: 'rejected', faults };
    return { outcome: 'received', isList, payments: received };
  }

  private async recordOne(delivery: Delivery, admitted: Admitted, payment: ReadPayment): Promise<ReceivedPayment> {
    if ('faults' in payment) return { status: 'rejected', ...payment };
    const { tenantId, origin } = delivery;
    const item = { fact: payment.fact, businessUnitId: admitted.businessUnitId, origin };
    const { outcome, paymentId } = await this.needs.recorder.record(tenantId, item);
    return { status: outcome, referenceNumber: payment.fact.referenceNumber, paymentId };
  }

  private account({ tenantId, channel }: Delivery, receipt: Receipt, ms: number): void {
    this.meter.answered(channel, receipt, ms);
    const tally = tallyOf(receipt, ms);
    if (tally) this.needs.counts.add(tenantId, tally);
  }
}

/** What a delivery says by the channel that it came by. */
export function readDelivery(
  { channel: name, body, contentType }: Pick<Delivery, 'channel' | 'body' | 'contentType'>,
  { channel, tenant }: Pick<Admitted, 'channel' | 'tenant'>,
  now: Date,
): ReadWebhook | Unreadable {
  const [only, ...others] = tenant.currencies;
  return readWebhook(channel, body, contentType, {
    paymentChannel: name === GENERIC ? undefined : name,
    currency: others.length === 0 ? only : undefined,
    now,
  });
}
