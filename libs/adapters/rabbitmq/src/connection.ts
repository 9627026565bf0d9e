import {
  backoffMs,
  errorFields,
  systemClock,
  type Backoff,
  type Clock,
  type Logger,
  type Meter,
  answerWithin,
  type ServiceState,
} from '@ferry/kernel';
import { connect, type Channel, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import type { Duplex } from 'node:stream';

/**
 * A broker that restarts is back in seconds, and F8 gives us 10 s from then: a try that meets it half started must not cost more
 * than half of that. Outages are logged once, so that more tries make no more noise.
 */
const reconnect: Backoff = { baseMs: 500, maxMs: 5_000 };
/** Two to three missed beats, so 30 to 45 s, end a connection to a broker that is silent. */
const HEARTBEAT_S = 15;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;
/** A broker that restarts gives two or three: connection reset, refused, not yet ready. */
const CAUSES_TOLD_MAX = 5;

export interface ConnectionOptions {
  readonly url: string;
  /** PEM of the authorities that are trusted instead of the public ones. */
  readonly ca?: string | undefined;
  /** What it is for, in logs and metrics. */
  readonly purpose: 'publish' | 'consume';
  readonly logger: Logger;
  readonly meter: Meter;
  readonly clock?: Clock;
}

/** Opens what must be there whenever the connection is. `lost` is to be called when any of it is gone. */
export type Setup = (model: ChannelModel, lost: (why: string) => void) => Promise<void>;

/**
 * A connection that comes back for as long as it is not closed. There is one way to recover: when a channel is lost, the
 * whole connection is given up and made anew, and `setup` runs again.
 */
export class Connection {
  private readonly recovering: Promise<RecoveringChannelModel>;
  private readonly url: string;
  private readonly clock: Clock;
  private model: ChannelModel | undefined;
  private current: ServiceState;
  private connects = 0;
  private closed = false;
  /** Why we gave the connection up ourselves, which amqplib cannot know. */
  private reason: Error | undefined;
  /** Causes that were logged in the present outage, so that each is logged once and not at every try. */
  private readonly told = new Set<unknown>();

  constructor(
    private readonly options: ConnectionOptions,
    private readonly setup: Setup,
  ) {
    this.url = withHeartbeat(options.url);
    this.clock = options.clock ?? systemClock;
    this.current = { connected: false, since: this.clock.now() };
    this.recovering = this.start();
  }

  get state(): ServiceState {
    return this.current;
  }

  /** A further channel, for a short use. Undefined when there is no connection. */
  async openChannel(): Promise<Channel | undefined> {
    if (!this.current.connected) return undefined;
    const channel = await this.model?.createChannel();
    channel?.on('error', ignore); // the rejected call says it too
    return channel;
  }

  /** Bounded: a broker that does not answer is left without good-bye. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const { model } = this;
    await answerWithin(
      CLOSE_TIMEOUT_MS,
      this.recovering.then((recovering) => recovering.close()),
    );
    if (model) cut(model);
    this.current = { connected: false, since: this.clock.now(), lastError: 'closed' };
  }

  private async start(): Promise<RecoveringChannelModel> {
    const recovering = await connect(this.url, {
      ...(this.options.ca !== undefined && { ca: this.options.ca }),
      rejectUnauthorized: true, // said aloud: NODE_TLS_REJECT_UNAUTHORIZED=0, set for something else, must not undo it
      timeout: CONNECT_TIMEOUT_MS,
      noDelay: true, // small frames both ways: Nagle's algorithm would hold acks back for 40 ms
      keepAlive: true,
      clientProperties: { connection_name: `ferry ${this.options.purpose}` },
      recovery: {
        waitForConnect: false,
        maxRetries: Infinity, // the bound of this loop is `close`
        calculateDelay: (attempt) => backoffMs(reconnect, attempt, Math.random()),
        setup: (model: ChannelModel) => this.prepare(model),
      },
    });
    recovering.on('connect', () => this.regained());
    recovering.on('disconnect', (error) => this.lost(error));
    recovering.on('connect-failed', (error) => this.lost(error));
    recovering.on('error', ignore); // a disconnect follows and says it
    return recovering;
  }

  private async prepare(model: ChannelModel): Promise<void> {
    let gone: Error | undefined;
    // Without a listener an `error` event would end the process.
    model.on('error', (error) => (gone ??= error));
    model.on('close', (error) => (gone ??= error ?? new Error('connection closed')));
    this.model = model;
    await this.setup(model, (why) => {
      // Channels close before their connection says that it does: only later it is known which of the two was lost.
      setImmediate(() => {
        if (gone !== undefined || this.closed) return;
        gone = new Error(why);
        this.reason = gone;
        void this.giveUp(model);
      });
    });
    // amqplib listens to the model only after this: it would take one that is closed already for connected, for ever.
    if (gone !== undefined) throw gone;
  }

  private async giveUp(model: ChannelModel): Promise<void> {
    await answerWithin(CLOSE_TIMEOUT_MS, model.close().catch(ignore));
    cut(model);
  }

  private regained(): void {
    const { logger, meter, purpose } = this.options;
    this.connects += 1;
    this.current = { connected: true, since: this.clock.now(), lastError: this.current.lastError };
    this.told.clear();
    logger.info('rabbitmq connected', { purpose, reconnects: this.connects - 1 });
    meter.gauge('queue_connected', 1, { purpose });
    meter.gauge('queue_reconnects', this.connects - 1, { purpose });
  }

  private lost(seen: Error): void {
    const { logger, meter, purpose } = this.options;
    const error = this.reason ?? seen;
    this.reason = undefined;
    const since = this.current.connected ? this.clock.now() : this.current.since;
    this.model = undefined;
    this.current = { connected: false, since, lastError: error.message };
    meter.gauge('queue_connected', 0, { purpose });
    const cause = (error as NodeJS.ErrnoException).code ?? error.message;
    if (this.told.has(cause) || this.told.size >= CAUSES_TOLD_MAX) return;
    this.told.add(cause);
    logger.warn('rabbitmq is away', { purpose, ...errorFields(error) });
  }
}

const ignore = (): void => {};

function withHeartbeat(url: string): string {
  const parsed = URL.parse(url);
  // Not the parser's own error: it carries the URL, and so the password.
  if (parsed === null || !/^amqps?:$/.test(parsed.protocol))
    throw new Error('the URL of RabbitMQ is not amqp:// or amqps://');
  parsed.searchParams.set('heartbeat', String(HEARTBEAT_S));
  return parsed.toString();
}

/** Ends the socket under a connection whose peer may be frozen: amqplib would wait for its answer, and its timers would live on. */
function cut(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { readonly stream?: Duplex };
  if (stream !== undefined && !stream.destroyed) stream.destroy(new Error('connection given up'));
}
