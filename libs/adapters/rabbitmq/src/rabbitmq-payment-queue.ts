import {
  silentLogger,
  silentMeter,
  systemClock,
  type Clock,
  type Logger,
  type Meter,
  DeadlinePassed,
  within,
  type ServiceState,
} from '@ferry/kernel';
import type {
  ConsumerOptions,
  DeadLetter,
  DeadLetters,
  PaymentConsumer,
  PaymentHandler,
  PaymentMessage,
  PaymentQueue,
  TenantId,
} from '@ferry/payments';
import type { Channel, ChannelModel } from 'amqplib';
import { Connection, type Setup } from './connection.js';
import { Consumer } from './consumer.js';
import { RabbitMqDeadLetters } from './dead-letters.js';
import { encode } from './message.js';
import { Publisher } from './publisher.js';
import { Standing } from './standing.js';
import { declareTopology, QUEUE_LENGTH_MAX, QUEUE_NAME, workQueue, type Topology } from './topology.js';

/** A gauge is not worth a longer wait. */
const DEPTH_TIMEOUT_MS = 2_000;

export interface RabbitMqPaymentQueueOptions {
  /** `amqp://` or `amqps://`, with credentials and virtual host. */
  readonly url: string;
  /** PEM of the authorities that are trusted instead of the public ones. */
  readonly ca?: string | undefined;
  /** Of the exchange and the work queue, and prefix of the other queues; `payment_processing` when not given. */
  readonly queueName?: string;
  /** Messages in each queue before publishing is refused. A queue that exists keeps its own; another one is a 406. */
  readonly queueLengthMax?: number;
  readonly confirmTimeoutMs?: number;
  readonly unconfirmedMax?: number;
  readonly logger?: Logger;
  readonly meter?: Meter;
  readonly clock?: Clock;
}

/** Connects by itself, as soon as the broker is there, until it is closed. */
export class RabbitMqPaymentQueue implements PaymentQueue, DeadLetters {
  private readonly topology: Topology;
  private readonly logger: Logger;
  private readonly meter: Meter;
  private readonly clock: Clock;
  private readonly publisher: Publisher;
  private readonly connection: Connection;
  private readonly deadLetters: RabbitMqDeadLetters;
  private readonly consumers = new Set<Consumer>();
  private readonly standing = new Standing(() => this.depth());
  private inspection: Channel | undefined;
  /** Of the questions for the depth one has had no answer in its time, and has none yet. */
  private overdue = false;

  constructor(private readonly options: RabbitMqPaymentQueueOptions) {
    this.topology = {
      name: options.queueName ?? QUEUE_NAME,
      lengthMax: options.queueLengthMax ?? QUEUE_LENGTH_MAX,
    };
    this.logger = options.logger ?? silentLogger;
    this.meter = options.meter ?? silentMeter;
    this.clock = options.clock ?? systemClock;
    this.publisher = new Publisher({ ...options, exchange: this.topology.name, meter: this.meter });
    this.connection = this.connect('publish', async (model, lost) => {
      await this.publisher.attach(model, lost);
      await this.attachInspection(model, lost);
    });
    this.deadLetters = new RabbitMqDeadLetters(this.topology, this.connection, this.publisher, this.clock);
  }

  publish(messages: readonly PaymentMessage[]): Promise<readonly boolean[]> {
    const now = this.clock.now();
    const queue = workQueue(this.topology);
    const answered = this.publisher.publish(messages.map((message) => ({ queue, envelope: encode(message, now) })));
    this.standing.sending(messages.length, answered);
    return answered;
  }

  async consume(handler: PaymentHandler, { prefetch }: ConsumerOptions): Promise<PaymentConsumer> {
    // AMQP takes 0 for "no limit".
    if (!(prefetch >= 1)) throw new RangeError(`a prefetch is at least 1, not ${prefetch}`);
    const { topology, publisher, logger, meter, clock } = this;
    const connect = (setup: Setup): Connection => this.connect('consume', setup);
    const consumer = new Consumer(handler, prefetch, { topology, publisher, connect, logger, meter, clock });
    this.consumers.add(consumer);
    return {
      stop: async (timeoutMs) => {
        await consumer.stop(timeoutMs);
        this.consumers.delete(consumer);
      },
    };
  }

  /** Messages ready in the work queue; those that wait for their retry are not among them. */
  async depth(): Promise<number | undefined> {
    const { inspection } = this;
    if (!inspection || this.overdue) return undefined; // a frozen broker gathers no questions
    const asked = inspection.checkQueue(workQueue(this.topology));
    const answered = (): void => void (this.overdue = false);
    asked.then(answered, answered);
    try {
      return (await within(DEPTH_TIMEOUT_MS, asked)).messageCount;
    } catch (error) {
      this.overdue = error instanceof DeadlinePassed;
      return undefined;
    }
  }

  /** All of them, whoever's they are: the broker keeps one order. */
  ahead(_tenantId: TenantId): number | undefined {
    return this.standing.count;
  }

  count(): Promise<number> {
    return this.deadLetters.count();
  }

  drain(decide: (letter: DeadLetter) => Promise<'replay' | 'keep' | 'drop'>, max: number) {
    return this.deadLetters.drain(decide, max);
  }

  /** Connected when all its connections are; else the state of one that is not. */
  state(): ServiceState {
    const states = [this.connection, ...this.consumers].map(({ state }) => state);
    return states.find(({ connected }) => !connected) ?? this.connection.state;
  }

  /** Stops what still consumes, at most `timeoutMs`, and closes the connections. */
  async close(timeoutMs = 5_000): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop(timeoutMs)));
    await this.connection.close();
  }

  private connect(purpose: 'publish' | 'consume', setup: Setup): Connection {
    const { options, logger, meter, clock, topology } = this;
    return new Connection({ url: options.url, ca: options.ca, purpose, logger, meter, clock }, async (model, lost) => {
      const channel = await model.createChannel();
      channel.on('error', () => {}); // the rejected declaration says it
      await declareTopology(channel, topology);
      await channel.close();
      await setup(model, lost);
    });
  }

  private async attachInspection(model: ChannelModel, lost: (why: string) => void): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', (error) => lost(error.message));
    channel.on('close', () => {
      this.inspection = undefined;
      this.standing.detach();
      lost('inspecting channel closed');
    });
    this.inspection = channel;
    this.standing.attach();
  }
}
