import { backoffMs, sleep, type Backoff, type Clock, type Logger, type Meter } from '@ferry/kernel';
import type { Outcome, PaymentMessage } from '@ferry/payments';
import type { ConsumeMessage } from 'amqplib';
import { asDead, encode, type Envelope } from './message.js';
import type { Publisher } from './publisher.js';
import type { Session } from './session.js';
import { deadQueue, retryQueue, type Topology } from './topology.js';

/** Between two tries: soon enough after a short outage, quiet during a long one. */
const notNow: Backoff = { baseMs: 1_000, maxMs: 15_000 };

export interface ForwarderDependencies {
  readonly topology: Topology;
  readonly publisher: Publisher;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly clock: Clock;
}

type Retry = Extract<Outcome, { outcome: 'retry' }>;

/** A delivery that goes on to another queue. */
export interface Forward {
  readonly delivery: ConsumeMessage;
  readonly queue: string;
  readonly envelope: Envelope;
}

/** Takes deliveries to the retry queues and to the dead letters, and acknowledges them when they are there. */
export class Forwarder {
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly needs: ForwarderDependencies) {}

  toRetry(delivery: ConsumeMessage, message: PaymentMessage, { delayMs }: Retry): Forward {
    this.needs.meter.count('queue_retried_total');
    const envelope = encode({ ...message, attempt: message.attempt + 1 }, this.needs.clock.now());
    return { delivery, queue: retryQueue(this.needs.topology, delayMs), envelope };
  }

  toDead(delivery: ConsumeMessage, reason: string): Forward {
    this.needs.meter.count('queue_dead_lettered_total');
    const envelope = asDead(delivery, reason, this.needs.clock.now());
    return { delivery, queue: deadQueue(this.needs.topology), envelope };
  }

  /** In the background, so that a full retry queue holds up its own messages only; the prefetch bounds them. */
  send(session: Session, forwards: readonly Forward[]): void {
    if (forwards.length === 0) return;
    const sending = this.sendAll(session, forwards).finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  /** When all are acknowledged or given up. */
  async finished(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async sendAll(session: Session, forwards: readonly Forward[]): Promise<void> {
    let left = forwards;
    for (let attempt = 1; !session.isLost; attempt += 1) {
      const taken = await this.needs.publisher.publish(left);
      session.settle(left.filter((_, i) => taken[i]).map(({ delivery }) => delivery));
      left = left.filter((_, i) => !taken[i]);
      if (left.length === 0) return;
      if (attempt === 1) this.needs.logger.warn('messages cannot be passed on now', { messages: left.length });
      await sleep(backoffMs(notNow, attempt, Math.random()), session.over);
      if (session.over.aborted) return;
    }
  }
}
