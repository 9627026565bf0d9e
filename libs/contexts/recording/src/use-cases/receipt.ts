import type { Unreadable } from '../domain/channel/read-body.js';
import type { WebhookFault } from '../domain/channel/read-webhook.js';
import type { RecordedPaymentId } from '../domain/recorded-payment.js';
import type { Refusal } from './admit-delivery.js';

/** What became of one payment of a webhook. */
export type ReceivedPayment =
  | {
      readonly status: 'created' | 'duplicate';
      readonly referenceNumber: string;
      /** Of the payment that holds the reference number. Absent: it is of a business unit that the caller does not see. */
      readonly paymentId?: RecordedPaymentId;
    }
  | {
      readonly status: 'rejected';
      readonly referenceNumber?: string | undefined;
      readonly faults: readonly WebhookFault[];
    };

export type Receipt =
  /** At least one payment was recorded, or the list had none. */
  | { readonly outcome: 'received'; readonly isList: boolean; readonly payments: readonly ReceivedPayment[] }
  /** Nothing was recorded; unless there was no room the body is kept, to be replayed. */
  | { readonly outcome: 'rejected'; readonly faults: readonly WebhookFault[] }
  | { readonly outcome: 'unreadable'; readonly why: Unreadable }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'suspended' }
  | { readonly outcome: 'limited'; readonly resetsInMs: number };
