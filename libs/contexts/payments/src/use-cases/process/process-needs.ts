import type { Backoff, Clock, Logger, Meter, NewId } from '@ferry/kernel';
import type { PaymentRepository } from '../../ports/payment-repository.js';
import type { PaymentSignals } from '../../ports/payment-signals.js';
import type { Rail } from '../../ports/rail.js';

export interface ProcessOptions {
  /** How long a rail may take to answer; shorter than the lease, so that a settled answer finds its lease alive. */
  readonly railTimeoutMs: number;
  readonly leaseMs: number;
  /** Calls that one rail may have in flight here; further payments of it are put back. */
  readonly railCallsMax: number;
  /** Between attempts of a payment. */
  readonly retry: Backoff;
  /** Attempts without any effect outside before the payment is parked. */
  readonly attemptsMax: number;
  /** Attempts with an unknown outcome before operators are told; asking goes on. */
  readonly unknownAttentionAfter: number;
}

export interface ProcessDependencies {
  readonly repository: PaymentRepository;
  readonly rails: ReadonlyMap<string, Rail>;
  readonly signals: PaymentSignals;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}
