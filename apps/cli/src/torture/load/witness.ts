import { hash } from 'node:crypto';
import type { Order } from './orders.js';

/**
 * What an api has said of a payment. `created`, `replayed` and `duplicate` acknowledge it; `cancelled` promises its end; `told` is
 * a status that a reader was given.
 */
export type Said = 'created' | 'replayed' | 'duplicate' | 'cancelled' | 'told';

export interface Acknowledgement {
  readonly said: Said;
  readonly order: number;
  readonly paymentId: string;
  /** Of the whole answer, where it was one to a key. */
  readonly digest?: string | undefined;
  /** The status it named, where that was an end. */
  readonly ended?: string | undefined;
}

/** Everything the clients were told. It decides what must be true afterwards; the database has no say in it. */
export class Witness {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly orders = new Map<number, Order>();
  /** Answers that no client should ever get. */
  readonly unexpected: string[] = [];
  /** Orders that never had an answer, however long the client asked. */
  readonly unanswered: number[] = [];
  readonly counts = { requests: 0, broken: 0, unavailable: 0 };

  ordered(order: Order): void {
    this.orders.set(order.index, order);
  }

  heard(
    said: Said,
    order: Order,
    paymentId: string,
    more: { readonly text?: string; readonly ended?: string } = {},
  ): void {
    const { text, ended } = more;
    this.acknowledgements.push({
      said,
      order: order.index,
      paymentId,
      digest: text === undefined ? undefined : hash('sha1', text, 'base64url'),
      ended,
    });
  }
}
