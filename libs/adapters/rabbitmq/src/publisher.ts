import type { Meter } from '@ferry/kernel';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Setup } from './connection.js';
import type { Envelope } from './message.js';

/** Far above the some hundred ms that a busy quorum takes; whoever waits longer is better served by the sweeper. */
export const CONFIRM_TIMEOUT_MS = 5_000;
/** Some 5 MB on their way: about a second of the 9,000/s that a quorum queue confirmed on two busy cores. */
export const UNCONFIRMED_MAX = 10_000;

export interface Publication {
  /** Routing key, which is the queue's name. */
  readonly queue: string;
  readonly envelope: Envelope;
}

export interface PublisherOptions {
  readonly exchange: string;
  readonly meter: Meter;
  readonly confirmTimeoutMs?: number;
  readonly unconfirmedMax?: number;
}

/** Publishes with confirms. True means: a quorum has it, in a queue. */
export class Publisher {
  private readonly confirmTimeoutMs: number;
  private readonly unconfirmedMax: number;
  private channel: ConfirmChannel | undefined;
  private unconfirmed = 0;
  /** Message ids that no queue wanted. The broker tells this before it confirms them (which it does). */
  private readonly returned = new Set<string>();
  /** The broker stopped reading from us (it is short of memory or disk). */
  private blocked = false;
  /** No confirm came in time: further messages would only wait too, until one comes or the channel is lost. */
  private stalled = false;

  constructor(private readonly options: PublisherOptions) {
    this.confirmTimeoutMs = options.confirmTimeoutMs ?? CONFIRM_TIMEOUT_MS;
    this.unconfirmedMax = options.unconfirmedMax ?? UNCONFIRMED_MAX;
  }

  readonly attach: Setup = async (model: ChannelModel, lost) => {
    const channel = await model.createConfirmChannel();
    model.on('blocked', () => (this.blocked = true));
    model.on('unblocked', () => (this.blocked = false));
    channel.on('error', (error) => lost(error.message));
    channel.on('return', (message) => this.returned.add(String(message.properties.messageId)));
    // Before amqplib's own listener, which ends the unconfirmed: they then see that the channel is gone.
    channel.prependListener('close', () => {
      this.channel = undefined;
      lost('publishing channel closed');
    });
    this.returned.clear();
    this.blocked = false;
    this.stalled = false;
    this.channel = channel;
  };

  /** One answer per publication, in order, after `confirmTimeoutMs` at the latest. Never rejects. */
  publish(publications: readonly Publication[]): Promise<readonly boolean[]> {
    if (publications.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const answers = publications.map(() => false);
      let open = publications.length;
      const finish = (): void => {
        clearTimeout(timer);
        resolve([...answers]);
      };
      const timer = setTimeout(() => {
        this.stalled = this.channel !== undefined;
        this.count('timed_out', open);
        finish();
      }, this.confirmTimeoutMs);
      publications.forEach((publication, i) => {
        this.send(publication, (taken) => {
          answers[i] = taken;
          open -= 1;
          if (open === 0) finish();
        });
      });
    });
  }

  private send({ queue, envelope: { content, properties } }: Publication, answer: (taken: boolean) => void): void {
    const { channel } = this;
    if (!channel || this.blocked || this.stalled || this.unconfirmed >= this.unconfirmedMax) {
      this.count('refused');
      return answer(false);
    }
    const confirmed = (error: unknown): void => {
      this.unconfirmed -= 1;
      this.stalled = false;
      const outcome = error ? this.failure() : this.returned.delete(properties.messageId) ? 'returned' : 'confirmed';
      this.count(outcome);
      answer(outcome === 'confirmed');
    };
    try {
      channel.publish(
        this.options.exchange,
        queue,
        content,
        { ...properties, persistent: true, mandatory: true },
        confirmed,
      );
    } catch {
      this.count('refused'); // the channel is closing: amqplib says so by throwing
      return answer(false);
    }
    this.unconfirmed += 1;
    this.count('published');
  }

  private failure(): 'nacked' | 'lost' {
    return this.channel === undefined ? 'lost' : 'nacked';
  }

  private count(what: string, by?: number): void {
    this.options.meter.count(`queue_${what}_total`, undefined, by);
  }
}
