import { backoffMs, errorFields, sleep, type Backoff, type Clock, type Logger, type Meter } from '@ferry/kernel';
import type { Outcome, PaymentConsumer, PaymentHandler, PaymentMessage } from '@ferry/payments';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { Connection, type ConnectionState, type Setup } from './connection.js';
import { within } from './deadline.js';
import { asDead, decode, encode } from './message.js';
import type { Publication, Publisher } from './publisher.js';
import { Session } from './session.js';
import { deadQueue, retryQueue, workQueue, type Topology } from './topology.js';

/** RabbitMQ's own limit for quorum queues. */
const PREFETCH_MAX = 2_000;

/** Between two tries of what does not work now: soon enough after a short outage, quiet during a long one. */
const notNow: Backoff = { baseMs: 1_000, maxMs: 15_000 };

export interface ConsumerDependencies {
  readonly topology: Topology;
  readonly publisher: Publisher;
  readonly connect: (setup: Setup) => Connection;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly clock: Clock;
}

/** A delivery that goes on to another queue, and is acknowledged when it is there. */
interface Passing {
  readonly delivery: ConsumeMessage;
  readonly publication: Publication;
}

/**
 * Consumes on a connection of its own: a broker short of memory or disk blocks connections that publish, and would then
 * not read our acknowledgements either.
 */
export class Consumer implements PaymentConsumer {
  private readonly connection: Connection;
  private readonly stopping = new AbortController();
  private readonly passings = new Set<Promise<void>>();
  private session: Session | undefined;
  private running: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly handler: PaymentHandler,
    private readonly prefetch: number,
    private readonly needs: ConsumerDependencies,
  ) {
    this.connection = needs.connect((model, lost) => this.attach(model, lost));
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  stop(timeoutMs: number): Promise<void> {
    this.stopped ??= this.halt(timeoutMs);
    return this.stopped;
  }

  private async attach(model: ChannelModel, lost: (why: string) => void): Promise<void> {
    const channel = await model.createChannel();
    const session = new Session(channel, this.stopping.signal);
    channel.on('error', (error) => lost(error.message));
    channel.on('close', () => {
      session.end();
      lost('consuming channel closed');
    });
    await channel.prefetch(Math.min(this.prefetch, PREFETCH_MAX));
    await channel.consume(workQueue(this.needs.topology), (message) => {
      if (message === null) return lost('the broker cancelled the consumer'); // e.g. the queue was deleted
      if (message.fields.redelivered) this.needs.meter.count('queue_redelivered_total');
      session.delivered(message);
      this.wake();
    });
    this.session = session;
    this.wake();
  }

  /** One batch at a time, over all sessions: what arrives while one is handled forms the next. */
  private wake(): void {
    const { session } = this;
    if (this.running !== undefined || this.stopping.signal.aborted || !session?.hasMore) return;
    this.running = this.runOne(session).then(() => {
      this.running = undefined;
      this.wake();
    });
  }

  private async runOne(session: Session): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // deliveries that were read together share a batch
    if (this.stopping.signal.aborted) return;
    const readable: { delivery: ConsumeMessage; message: PaymentMessage }[] = [];
    const unreadable: Passing[] = [];
    for (const delivery of session.take()) {
      const decoded = decode(delivery);
      if ('message' in decoded) readable.push({ delivery, message: decoded.message });
      else unreadable.push(this.toDead(delivery, decoded.unreadable));
    }
    this.passOn(session, unreadable);
    if (readable.length === 0) return;
    const outcomes = await this.handle(
      session,
      readable.map(({ message }) => message),
    );
    if (outcomes === undefined) return;
    const judged = readable.map(({ delivery, message }, i) => ({ delivery, message, outcome: outcomes[i] as Outcome }));
    session.settle(judged.filter(({ outcome }) => outcome.outcome === 'done').map(({ delivery }) => delivery));
    this.passOn(session, judged.flatMap(this.passing));
  }

  /** Asks until the handler answers; undefined when the channel is lost or the consumer stopped before. */
  private async handle(session: Session, messages: readonly PaymentMessage[]): Promise<readonly Outcome[] | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcomes = await this.handler(messages);
        if (outcomes.length === messages.length) return outcomes;
        throw new Error(`a handler answered ${outcomes.length} outcomes for ${messages.length} messages`);
      } catch (error) {
        const level = attempt === 1 ? 'warn' : 'debug';
        const fields = { messages: messages.length, attempt, ...errorFields(error) };
        this.needs.logger[level]('payments cannot be handled now', fields);
        await sleep(backoffMs(notNow, attempt, Math.random()), session.over);
        if (session.over.aborted) return undefined;
      }
    }
  }

  private readonly passing = (judged: {
    readonly delivery: ConsumeMessage;
    readonly message: PaymentMessage;
    readonly outcome: Outcome;
  }): Passing[] => {
    const { delivery, message, outcome } = judged;
    if (outcome.outcome === 'done') return [];
    if (outcome.outcome === 'give-up') return [this.toDead(delivery, outcome.reason)];
    const envelope = encode({ ...message, attempt: message.attempt + 1 }, this.needs.clock.now());
    this.needs.meter.count('queue_retried_total');
    return [{ delivery, publication: { queue: retryQueue(this.needs.topology, outcome.delayMs), envelope } }];
  };

  private toDead(delivery: ConsumeMessage, reason: string): Passing {
    this.needs.meter.count('queue_dead_lettered_total');
    const envelope = asDead(delivery, reason, this.needs.clock.now());
    return { delivery, publication: { queue: deadQueue(this.needs.topology), envelope } };
  }

  /** In the background, so that a full retry queue holds up its own messages only; the prefetch bounds them. */
  private passOn(session: Session, passings: readonly Passing[]): void {
    if (passings.length === 0) return;
    const passing = this.passAll(session, passings).finally(() => this.passings.delete(passing));
    this.passings.add(passing);
  }

  private async passAll(session: Session, passings: readonly Passing[]): Promise<void> {
    let left = passings;
    for (let attempt = 1; !session.isLost; attempt += 1) {
      const taken = await this.needs.publisher.publish(left.map(({ publication }) => publication));
      session.settle(left.filter((_, i) => taken[i]).map(({ delivery }) => delivery));
      left = left.filter((_, i) => !taken[i]);
      if (left.length === 0) return;
      if (attempt === 1) this.needs.logger.warn('messages cannot be passed on now', { messages: left.length });
      await sleep(backoffMs(notNow, attempt, Math.random()), session.over);
      if (session.over.aborted) return;
    }
  }

  private async halt(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    await within(timeoutMs, this.finish());
    await this.connection.close(); // the broker hands back what is not acknowledged
  }

  private async finish(): Promise<void> {
    await this.running;
    await Promise.all(this.passings);
    // Closing the channel flushes the acknowledgements; closing only the connection could overtake them.
    if (this.session?.isLost === false) await this.session.channel.close().catch(() => {});
  }
}
