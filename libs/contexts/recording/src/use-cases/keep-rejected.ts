import type { Clock, Logger, NewId } from '@ferry/kernel';
import { FAULTS_KEPT_MAX, keptBody, keptFault } from '../domain/channel/rejection.js';
import type { Unreadable } from '../domain/channel/read-body.js';
import type { WebhookFault } from '../domain/channel/read-webhook.js';
import type { RejectedWebhooks } from '../ports/rejected-webhooks.js';
import type { Admitted, Delivery } from './admit-delivery.js';

/** Of one channel, that wait to be replayed. A channel that is read wrongly has more, and its sender goes on repeating them. */
const KEPT_MAX = 1_000;

/** Keeps bodies that were genuine and could not be recorded. Strangers' bodies never come here: they could fill a table. */
export class KeepRejected {
  constructor(
    private readonly rejected: Pick<RejectedWebhooks, 'keep'>,
    private readonly clock: Clock,
    private readonly newId: NewId,
    private readonly logger: Logger,
  ) {}

  async keep(delivery: Delivery, admitted: Admitted, why: Unreadable | readonly WebhookFault[]): Promise<void> {
    const { tenantId, channel, body, contentType } = delivery;
    const now = this.clock.now();
    const [reason, told] = 'reason' in why ? [why.reason, [unreadableFault(why)]] : ['faults', why];
    const faults = told.map(keptFault);
    const kept = await this.rejected.keep(
      {
        tenantId,
        id: this.newId(now),
        channel,
        channelVersion: admitted.version,
        businessUnitId: admitted.businessUnitId,
        receivedAt: now,
        reason,
        faults: faults.slice(0, FAULTS_KEPT_MAX),
        ...keptBody(body, contentType),
      },
      KEPT_MAX,
    );
    const fields = [...new Set(faults.map(({ field, rule }) => `${field} ${rule}`))].slice(0, FAULTS_KEPT_MAX);
    this.logger.info('webhook not recorded', { tenant_id: tenantId, channel, reason, faults: fields, kept });
  }
}

const unreadableFault = ({ reason, detail }: Unreadable): WebhookFault => ({ field: 'body', rule: reason, detail });
