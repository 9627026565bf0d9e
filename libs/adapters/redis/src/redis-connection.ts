import {
  backoffMs,
  errorFields,
  sleep,
  systemClock,
  type Backoff,
  type Clock,
  type Logger,
  type ServiceState,
} from '@ferry/kernel';
import { Redis, type RedisOptions } from 'ioredis';
import { isIP } from 'node:net';

/** Redis only saves work, so nobody waits for it: back soon after a restart, quiet during an outage. */
const reconnect: Backoff = { baseMs: 200, maxMs: 10_000 };
const CONNECT_TIMEOUT_MS = 5_000;
/** A socket that does not end within it is destroyed; there is nothing that must still be said. */
const CLOSE_TIMEOUT_MS = 500;
/** Many times what a Redis on the same network needs; a command that is later has lost its use. */
const COMMAND_TIMEOUT_MS = 1_000;
/** A connection that leaves something unanswered for so long is dead and made anew; the ping sees to it that there is something. */
const SILENCE_MAX_MS = 5_000;
const PING_EVERY_MS = 10_000;

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** PEM of the authorities that are trusted instead of the public ones. */
  readonly ca?: string | undefined;
  /** What it is for, in logs and in Redis' list of clients. */
  readonly purpose: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Of a command without an answer. 1 s otherwise; longer for tests, which a machine may pause. */
  readonly commandTimeoutMs?: number;
}

/** A connection that comes back for as long as it is not closed. Commands fail at once while it is away. */
export class RedisConnection {
  readonly redis: Redis;
  private readonly clock: Clock;
  private readonly ping: NodeJS.Timeout;
  private current: ServiceState;
  private told = false;
  private closed = false;

  /** `onReady` runs after each connect; when it rejects, the connection is made anew. */
  constructor(
    private readonly options: RedisConnectionOptions,
    onReady: (redis: Redis) => Promise<unknown> = async () => {},
  ) {
    this.clock = options.clock ?? systemClock;
    this.current = { connected: false, since: this.clock.now() };
    this.redis = new Redis(options.url, {
      ...tlsOf(options),
      connectionName: `ferry-${options.purpose}`,
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      disconnectTimeout: CLOSE_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
      socketTimeout: SILENCE_MAX_MS,
      retryStrategy: (times) => backoffMs(reconnect, times, Math.random()),
    });
    this.redis.on('error', (error: Error) => this.lost(error));
    this.redis.on('close', () => this.lost(new Error('connection closed')));
    this.redis.on('ready', () => {
      onReady(this.redis).then(
        () => this.regained(),
        (error: Error) => this.again(error),
      );
    });
    this.ping = setInterval(() => this.askForLife(), PING_EVERY_MS).unref();
  }

  get state(): ServiceState {
    return this.current;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.ping);
    this.current = { connected: false, since: this.clock.now(), lastError: 'closed' };
    const late = new AbortController();
    this.redis.once('end', () => late.abort());
    const { status } = this.redis;
    this.redis.disconnect();
    if (status !== 'reconnecting' && status !== 'end') await sleep(2 * CLOSE_TIMEOUT_MS, late.signal); // else no `end` comes
  }

  private askForLife(): void {
    if (this.redis.status === 'ready') this.redis.ping().catch(() => {}); // unanswered, it ends the connection
  }

  private again(error: Error): void {
    this.lost(error);
    if (!this.closed) this.redis.disconnect(true);
  }

  private regained(): void {
    if (this.closed || this.redis.status !== 'ready') return;
    this.current = { ...this.current, connected: true, since: this.clock.now() };
    this.told = false;
    this.options.logger.info('redis connected', { purpose: this.options.purpose });
  }

  private lost(error: Error): void {
    if (this.closed) return;
    const { connected, since, lastError } = this.current;
    // `close` follows an error and would hide its reason.
    const why = error.message === 'connection closed' && !connected ? (lastError ?? error.message) : error.message;
    this.current = { connected: false, since: connected ? this.clock.now() : since, lastError: why };
    if (this.told) return;
    this.told = true;
    this.options.logger.warn('redis is away', { purpose: this.options.purpose, ...errorFields(error) });
  }
}

/** ioredis looks at the letters alone and takes `REDISS://` for a connection without TLS; nor does it say whom it looks for, as proxies need. */
function tlsOf({ url, ca }: RedisConnectionOptions): Pick<RedisOptions, 'tls'> {
  const { protocol, hostname = '' } = URL.parse(url) ?? {};
  if (protocol !== 'rediss:') return {};
  const named = isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
  // Said aloud: NODE_TLS_REJECT_UNAUTHORIZED=0, set for something else, must not undo it.
  return { tls: { ca, rejectUnauthorized: true, ...(named && { servername: hostname }) } };
}
