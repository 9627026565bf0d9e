import type { Origin } from '@ferry/kernel';
import type { PaymentId, TenantId } from '../domain/payment.js';

/**
 * A hint that a payment may want work. It carries ids, never state: lost, doubled, late or reordered messages are harmless,
 * because the row says what is left to do and the sweeper speaks for rows that no message speaks for.
 */
export interface PaymentMessage {
  readonly tenantId: TenantId;
  readonly paymentId: PaymentId;
  readonly origin?: Origin | undefined;
  /** How often this message was retried; 0 when new. Counted by the queue. */
  readonly attempt: number;
}

/**
 * What a handler did with one message. `done`: forget it. `retry`: bring it again after about `delayMs`, counted in
 * `attempt`. `give-up`: to the dead letters, with the reason.
 */
export type Outcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'retry'; readonly delayMs: number }
  | { readonly outcome: 'give-up'; readonly reason: string };

/**
 * One outcome per message, in order. The outer promise resolves when the store part of the batch is done, and the next batch
 * may come; an outcome that still waits for a rail is a promise in its place. A rejection means "not now" (the store is away),
 * the outer for the whole batch, an inner for its message: the queue holds them and hands them in again, with back-off and
 * without counting.
 */
export type PaymentHandler = (messages: readonly PaymentMessage[]) => Promise<readonly (Outcome | Promise<Outcome>)[]>;

export interface ConsumerOptions {
  /** Messages in hand at most, those with pending outcomes included, and so the largest batch. 1 is one-at-a-time. */
  readonly prefetch: number;
}

export interface PaymentConsumer {
  /** Takes no new messages, waits at most `timeoutMs` for running batches and pending outcomes, hands the rest back to the queue. */
  stop(timeoutMs: number): Promise<void>;
}

export interface PaymentQueue {
  /**
   * `true` for each message that the queue has taken durably (as far as it is durable), `false` for each it has not:
   * queue full, unroutable, broker away. Never rejects: the caller has nothing to do, the sweeper will.
   */
  publish(messages: readonly PaymentMessage[]): Promise<readonly boolean[]>;

  /** Starts consuming and keeps on across reconnections until stopped. */
  consume(handler: PaymentHandler, options: ConsumerOptions): Promise<PaymentConsumer>;

  /** Messages waiting to be handled, or `undefined` when the queue cannot say. */
  depth(): Promise<number | undefined>;

  /**
   * About how many messages one of this tenant would wait for if it were published now, from what the queue knows without
   * asking; `undefined` when it knows nothing, or has so many of this tenant that it should get no more.
   */
  ahead(tenantId: TenantId): number | undefined;
}

/** A message that was given up. `message` is absent when it could not even be read. */
export interface DeadLetter {
  readonly message?: PaymentMessage | undefined;
  readonly reason: string;
  readonly deadAt?: Date | undefined;
}

export interface DeadLetters {
  count(): Promise<number>;
  /**
   * Hands each dead letter that lies there at the start to `decide`, at most `max`. `replay`: back into the queue, then gone
   * from here, in that order; `keep`: stays; `drop`: gone. Answers what was decided.
   */
  drain(
    decide: (letter: DeadLetter) => Promise<'replay' | 'keep' | 'drop'>,
    max: number,
  ): Promise<{ readonly replayed: number; readonly kept: number; readonly dropped: number }>;
}
