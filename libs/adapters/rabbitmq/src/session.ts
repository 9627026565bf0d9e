import type { Channel, ConsumeMessage } from 'amqplib';
import { setMaxListeners } from 'node:events';
import { Acknowledgements } from './acknowledgements.js';

/** What a consumer holds of one channel. When the channel is lost all of it is void: the broker delivers it again. */
export class Session {
  private readonly acknowledgements: Acknowledgements;
  private readonly ending = new AbortController();
  private waiting: ConsumeMessage[] = [];

  /** Aborts when the channel is lost or its consumer stops: no more waiting. */
  readonly over: AbortSignal;

  constructor(
    readonly channel: Channel,
    stopping: AbortSignal,
  ) {
    this.acknowledgements = new Acknowledgements(channel);
    this.over = AbortSignal.any([this.ending.signal, stopping]);
    setMaxListeners(0, this.over); // one for each message that waits for another try; the prefetch bounds them
  }

  get isLost(): boolean {
    return this.ending.signal.aborted;
  }

  /** How many have been delivered and not taken. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  delivered(message: ConsumeMessage): void {
    this.acknowledgements.delivered(message);
    this.waiting.push(message);
  }

  /** What waits, at most `max`. */
  take(max: number): ConsumeMessage[] {
    return this.waiting.splice(0, max);
  }

  settle(messages: readonly ConsumeMessage[]): void {
    if (this.isLost || messages.length === 0) return;
    try {
      this.acknowledgements.settle(messages);
    } catch {
      this.end(); // the channel is closing: amqplib says so by throwing
    }
  }

  end(): void {
    this.ending.abort();
    this.waiting = [];
  }
}
