import {
  backoffMs,
  errorFields,
  sleep,
  systemClock,
  Unavailable,
  type Logger,
  within,
  type ServiceState,
} from '@ferry/kernel';
import { openDeadlineMs, reopenBackoff, type KafkaOptions } from './kafka-options.js';
import { ProducerSession } from './producer-session.js';

/** Keeps one session open: opens the next when one ends, with back-off, and logs when the state changes. */
export class SessionKeeper {
  private latest!: ProducerSession;
  private isOpen = false;
  private current: Promise<ProducerSession>;
  private seen: ServiceState = { connected: false, since: systemClock.now() };
  private failures = 0;
  private readonly closing = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly options: KafkaOptions,
    private readonly logger: Logger,
  ) {
    this.current = this.open();
    this.running = this.run();
  }

  state(): ServiceState {
    return this.seen;
  }

  /** The open session, or the one being opened. Rejects with `Unavailable` while the keeper waits for its next attempt. */
  async session(): Promise<ProducerSession> {
    try {
      return await this.current;
    } catch (cause) {
      throw new Unavailable('kafka', { cause });
    }
  }

  /** The broker took what it was sent, or refused it by name: it is there, and the next failure is the first again. */
  answered(): void {
    this.failures = 0;
  }

  async close(): Promise<void> {
    this.closing.abort();
    if (this.isOpen) await this.latest.close();
    else this.latest.end(new Error('closed'));
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      const error = await this.lifeOfCurrent();
      if (this.closing.signal.aborted) return;
      if (error) {
        this.lost(error);
        this.failures += 1;
        // The first failure is worth another try at once: most often one connection broke, not the broker.
        if (this.failures > 1) await this.pause(error);
        if (this.closing.signal.aborted) return;
      }
      this.current = this.open();
    }
  }

  /** Waits until the session ends or could not be opened; answers why, or nothing if it only lost idle connections. */
  private async lifeOfCurrent(): Promise<Error | undefined> {
    try {
      const session = await this.current;
      this.isOpen = true;
      this.found();
      return await session.ended;
    } catch (error) {
      return error as Error;
    } finally {
      this.isOpen = false;
    }
  }

  private open(): Promise<ProducerSession> {
    const session = new ProducerSession(this.options, this.logger);
    this.latest = session;
    const opened = within(openDeadlineMs, session.open()).then(
      () => session,
      (error: Error) => {
        throw session.end(error);
      },
    );
    opened.catch(() => undefined); // `run` looks at it a turn later
    return opened;
  }

  private async pause(error: Error): Promise<void> {
    this.current = Promise.reject(error);
    this.current.catch(() => undefined);
    await sleep(backoffMs(reopenBackoff, this.failures, Math.random()), this.closing.signal);
  }

  private found(): void {
    if (this.seen.connected) return;
    this.seen = { connected: true, since: systemClock.now() };
    this.logger.info('kafka connected', { brokers: this.options.brokers.join(',') });
  }

  private lost(error: Error): void {
    const since = this.seen.connected ? systemClock.now() : this.seen.since;
    const isNews = this.seen.connected || this.seen.lastError === undefined;
    this.seen = { connected: false, since, lastError: error.message };
    if (isNews)
      this.logger.warn('kafka unavailable', { brokers: this.options.brokers.join(','), ...errorFields(error) });
  }
}
