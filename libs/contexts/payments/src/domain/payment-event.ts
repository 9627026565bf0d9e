import type { Uuid } from '@ferry/kernel';
import type { PaymentState } from './payment.js';
import type { PaymentStatus } from './payment-status.js';

export const paymentEventTypes = {
  PENDING: 'payment.created',
  PROCESSING: 'payment.processing',
  SUCCESS: 'payment.succeeded',
  FAILED: 'payment.failed',
  CANCELLED: 'payment.cancelled',
} as const satisfies Record<PaymentStatus, string>;

export type PaymentEventType = (typeof paymentEventTypes)[PaymentStatus];

/**
 * One status change that the world is told of. Versions of one payment's events are 1, 2, 3 ... without a gap, so a
 * consumer can prove that it missed none. `payment` is the state right after the change.
 */
export interface PaymentEvent {
  readonly id: Uuid;
  readonly type: PaymentEventType;
  readonly at: Date;
  readonly version: number;
  readonly payment: PaymentState;
}
