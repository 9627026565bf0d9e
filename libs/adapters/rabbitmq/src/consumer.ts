import { backoffMs, errorFields, sleep } from '@ferry/kernel';
import type { Outcome, PaymentConsumer, PaymentHandler, PaymentMessage } from '@ferry/payments';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { Connection, type ConnectionState, type Setup } from './connection.js';
import { within } from './deadline.js';
import { Forwarder, notNow, type Forward, type ForwarderDependencies } from './forwarder.js';
import { decode } from './message.js';
import { Session } from './session.js';
import { workQueue } from './topology.js';

/** RabbitMQ's own limit for quorum queues. */
const PREFETCH_MAX = 2_000;

export interface ConsumerDependencies extends ForwarderDependencies {
  readonly connect: (setup: Setup) => Connection;
}

interface Readable {
  readonly delivery: ConsumeMessage;
  readonly message: PaymentMessage;
}

/**
 * Consumes on a connection of its own: a broker short of memory or disk blocks connections that publish, and would then
 * not read our acknowledgements either.
 */
export class Consumer implements PaymentConsumer {
  private readonly connection: Connection;
  private readonly stopping = new AbortController();
  private readonly forwarder: Forwarder;
  private session: Session | undefined;
  private running: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly handler: PaymentHandler,
    private readonly prefetch: number,
    private readonly needs: ConsumerDependencies,
  ) {
    this.forwarder = new Forwarder(needs);
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
    const readable = this.sort(session);
    if (readable.length === 0) return;
    const messages = readable.map(({ message }) => message);
    const outcomes = await this.handle(session, messages);
    if (outcomes !== undefined) this.settle(session, readable, outcomes);
  }

  /** Takes what waits. Messages that nobody can read go to the dead letters. */
  private sort(session: Session): Readable[] {
    const readable: Readable[] = [];
    const unreadable: Forward[] = [];
    for (const delivery of session.take()) {
      const decoded = decode(delivery);
      if ('message' in decoded) readable.push({ delivery, message: decoded.message });
      else unreadable.push(this.forwarder.toDead(delivery, decoded.unreadable));
    }
    this.forwarder.send(session, unreadable);
    return readable;
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

  private settle(session: Session, readable: readonly Readable[], outcomes: readonly Outcome[]): void {
    const done: ConsumeMessage[] = [];
    const forwards: Forward[] = [];
    readable.forEach(({ delivery, message }, i) => {
      const result = outcomes[i] as Outcome;
      if (result.outcome === 'done') done.push(delivery);
      else if (result.outcome === 'give-up') forwards.push(this.forwarder.toDead(delivery, result.reason));
      else forwards.push(this.forwarder.toRetry(delivery, message, result.delayMs));
    });
    session.settle(done);
    this.forwarder.send(session, forwards);
  }

  private async halt(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    await within(timeoutMs, this.finish());
    await this.connection.close(); // the broker hands back what is not acknowledged
  }

  private async finish(): Promise<void> {
    await this.running;
    await this.forwarder.finished();
    // Closing the channel flushes the acknowledgements; closing only the connection could overtake them.
    if (this.session?.isLost === false) await this.session.channel.close().catch(() => {});
  }
}
