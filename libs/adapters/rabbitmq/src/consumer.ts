import { answerWithin, type ServiceState } from '@ferry/kernel';
import { HandleMessages, type InHand, type PaymentConsumer, type PaymentHandler, type Settled } from '@ferry/payments';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { Connection, type Setup } from './connection.js';
import { Forwarder, type Forward, type ForwarderDependencies } from './forwarder.js';
import { decode } from './message.js';
import { Session } from './session.js';
import { workQueue } from './topology.js';

/** RabbitMQ's own limit for quorum queues. */
const PREFETCH_MAX = 2_000;
/** For the last acknowledgements, however long the outcomes have taken. */
const FLUSH_MS = 500;

export interface ConsumerDependencies extends ForwarderDependencies {
  readonly connect: (setup: Setup) => Connection;
}

interface Delivered extends InHand {
  readonly delivery: ConsumeMessage;
  readonly session: Session;
}

/**
 * Consumes on a connection of its own: a broker short of memory or disk blocks connections that publish, and would then
 * not read our acknowledgements either.
 */
export class Consumer implements PaymentConsumer {
  private readonly connection: Connection;
  private readonly stopping = new AbortController();
  private readonly forwarder: Forwarder;
  /** Over all sessions: what is in hand of a lost one counts until it has ended. */
  private readonly handling: HandleMessages<Delivered>;
  private readonly prefetch: number;
  private session: Session | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    handler: PaymentHandler,
    prefetch: number,
    private readonly needs: ConsumerDependencies,
  ) {
    this.prefetch = Math.min(prefetch, PREFETCH_MAX);
    this.forwarder = new Forwarder(needs);
    const hands = {
      waiting: () => this.session?.waitingCount ?? 0,
      take: (max: number) => (this.session ? this.take(this.session, max) : []),
      settle: (settled: readonly Settled<Delivered>[]) => this.settle(settled),
      giveBack: () => {}, // the broker delivers again what is not acknowledged
    };
    const { signal: stopping } = this.stopping;
    const options = { handler, prefetch: this.prefetch, stopping, random: Math.random, logger: needs.logger };
    this.handling = new HandleMessages(hands, options);
    this.connection = needs.connect((model, lost) => this.attach(model, lost));
  }

  get state(): ServiceState {
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
    await channel.prefetch(this.prefetch);
    await channel.consume(workQueue(this.needs.topology), (message) => {
      if (message === null) return lost('the broker cancelled the consumer'); // e.g. the queue was deleted
      if (message.fields.redelivered) this.needs.meter.count('queue_redelivered_total');
      session.delivered(message);
      this.handling.wake();
    });
    this.session = session;
    this.handling.wake();
  }

  /** Takes what waits. Messages that nobody can read go to the dead letters. */
  private take(session: Session, max: number): Delivered[] {
    const readable: Delivered[] = [];
    const unreadable: Forward[] = [];
    for (const delivery of session.take(max)) {
      const decoded = decode(delivery);
      if ('message' in decoded) readable.push({ delivery, message: decoded.message, session, over: session.over });
      else unreadable.push(this.forwarder.toDead(delivery, decoded.unreadable));
    }
    this.forwarder.send(session, unreadable);
    return readable;
  }

  private settle(settled: readonly Settled<Delivered>[]): void {
    for (const [session, group] of Map.groupBy(settled, ({ held }) => held.session)) this.settleOf(session, group);
  }

  private settleOf(session: Session, settled: readonly Settled<Delivered>[]): void {
    if (session.isLost) return;
    const done: ConsumeMessage[] = [];
    const forwards: Forward[] = [];
    for (const { held, outcome } of settled) {
      const { delivery, message } = held;
      if (outcome.outcome === 'done') done.push(delivery);
      else if (outcome.outcome === 'give-up') forwards.push(this.forwarder.toDead(delivery, outcome.reason));
      else forwards.push(this.forwarder.toRetry(delivery, message, outcome));
    }
    session.settle(done);
    this.forwarder.send(session, forwards);
  }

  private async halt(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    this.stopping.abort();
    await answerWithin(timeoutMs, this.handling.finished());
    await answerWithin(Math.max(FLUSH_MS, deadline - performance.now()), this.flush());
    await this.connection.close(); // the broker hands back what is not acknowledged
  }

  private async flush(): Promise<void> {
    await this.forwarder.finished();
    // Closing the channel flushes the acknowledgements; closing only the connection could overtake them.
    if (this.session?.isLost === false) await this.session.channel.close().catch(() => {});
  }
}
