import { errorFields, silentLogger, type Clock, type Logger, type ServiceState } from '@ferry/kernel';
import type { PaymentSignal, PaymentSignals } from '@ferry/payments';
import { RedisConnection } from './redis-connection.js';
import { decodeSignals, encodeSignals } from './signal-coding.js';

export const SIGNALS_CHANNEL = 'ferry:payments:ended';

/** Some 30 kB a publication: small beside Redis' 32 MB for a slow subscriber. */
const SIGNALS_PER_PUBLICATION = 500;

/** Publications without an answer yet; further signals are dropped, since who waits also looks at the row. */
const UNANSWERED_MAX = 1_000;

export interface RedisPaymentSignalsOptions {
  readonly url: string;
  /** PEM of the authorities that are trusted instead of the public ones. */
  readonly ca?: string | undefined;
  /** `ferry:payments:ended` when not given. */
  readonly channel?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

type Listener = (ended: readonly PaymentSignal[]) => void;

/**
 * Signals by Redis pub/sub: to every process that listens at the moment, this one included, and to nobody when Redis is
 * away. Subscribes with the first listener, so a process that only announces has one connection.
 */
export class RedisPaymentSignals implements PaymentSignals {
  private readonly logger: Logger;
  private readonly channel: string;
  private readonly publishing: RedisConnection;
  private subscribing: RedisConnection | undefined;
  private readonly listeners = new Map<symbol, Listener>();
  private unanswered = 0;
  private closed = false;

  constructor(private readonly options: RedisPaymentSignalsOptions) {
    this.logger = options.logger ?? silentLogger;
    this.channel = options.channel ?? SIGNALS_CHANNEL;
    this.publishing = new RedisConnection({ ...options, purpose: 'signals-publish', logger: this.logger });
  }

  announce(ended: readonly PaymentSignal[]): void {
    for (let from = 0; from < ended.length; from += SIGNALS_PER_PUBLICATION)
      this.publish(ended.slice(from, from + SIGNALS_PER_PUBLICATION));
  }

  listen(listener: Listener): () => void {
    const key = Symbol('listener');
    this.listeners.set(key, listener);
    if (!this.closed) this.subscribing ??= this.subscribe();
    return () => void this.listeners.delete(key);
  }

  /** Connected when all its connections are; else the state of one that is not. */
  state(): ServiceState {
    const states = [this.publishing, this.subscribing].flatMap((connection) => connection?.state ?? []);
    return states.find(({ connected }) => !connected) ?? this.publishing.state;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.listeners.clear();
    await Promise.all([this.publishing.close(), this.subscribing?.close()]);
  }

  private publish(signals: readonly PaymentSignal[]): void {
    if (!this.publishing.state.connected || this.unanswered >= UNANSWERED_MAX) return;
    this.unanswered += 1;
    this.publishing.redis
      .publish(this.channel, encodeSignals(signals))
      .catch(() => {}) // lost, which the port allows; the connection logs its outages
      .finally(() => (this.unanswered -= 1));
  }

  private subscribe(): RedisConnection {
    const options = { ...this.options, purpose: 'signals-subscribe', logger: this.logger };
    const connection = new RedisConnection(options, (redis) => redis.subscribe(this.channel));
    connection.redis.on('message', (_channel: string, text: string) => this.tell(decodeSignals(text)));
    return connection;
  }

  private tell(ended: readonly PaymentSignal[]): void {
    if (ended.length === 0) return;
    for (const listener of this.listeners.values()) {
      try {
        listener(ended);
      } catch (error) {
        this.logger.error('a listener of payment signals failed', errorFields(error));
      }
    }
  }
}
