import { Unavailable, type Logger, type Meter, DeadlinePassed, within, type ServiceState } from '@ferry/kernel';
import type { EventPublisher, OutboxEvent } from '@ferry/messaging';
import { EventTooLarge } from './event-too-large.js';
import { defaultDeadlineMs, defaultSendBytesMax, shrinkBy, waitingMax, type KafkaOptions } from './kafka-options.js';
import type { ProducerSession } from './producer-session.js';
import { inSends, refuseTooLarge, toRecord, type EventRecord } from './records.js';
import { SessionKeeper } from './session-keeper.js';

/**
 * Publishes to Kafka through an idempotent producer, all in-sync replicas confirming, one send after the other, so that the
 * records of a key stand in the order of the calls. Starts when Kafka is away and reconnects by itself.
 *
 * After a rejection the caller publishes the same events again. What was given up may still be stored later (a frozen broker wakes up
 * and reads its sockets): consumers then see a duplicate after newer versions, never a new version before an older one.
 */
export class KafkaEventPublisher implements EventPublisher {
  private readonly keeper: SessionKeeper;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  /** Of one send. Shrinks when the broker refuses several records together; what it refuses alone is too large. */
  private sendBytesMax: number;
  private closed = false;

  /** Starts connecting at once. */
  constructor(
    private readonly options: KafkaOptions,
    logger: Logger,
    private readonly meter: Meter,
  ) {
    this.sendBytesMax = options.sendBytesMax ?? defaultSendBytesMax;
    this.keeper = new SessionKeeper(options, logger);
  }

  /**
   * Rejects with `Unavailable('kafka')` when not everything was confirmed within the deadline, counted from this call: later
   * the same events may be published again. Rejects with `EventTooLarge` when that cannot help. Missing topics are created.
   */
  async publish(events: readonly OutboxEvent[]): Promise<void> {
    if (events.length === 0) return;
    const begun = performance.now();
    try {
      const records = events.map((event) => toRecord(event, this.options.source ?? '/ferry'));
      refuseTooLarge(records, this.options.sendBytesMax ?? defaultSendBytesMax);
      await this.inTurn(() => this.sendAll(inSends(records, this.sendBytesMax), begun + this.deadlineMs));
    } catch (error) {
      this.meter.count('event_publish_failures_total', { reason: reasonOf(error) });
      throw error;
    }
    this.keeper.answered();
    this.meter.observe('event_publish_seconds', (performance.now() - begun) / 1000);
    for (const [topic, { length }] of Map.groupBy(events, (event) => event.topic))
      this.meter.count('events_published_total', { topic }, length);
  }

  /** Creates those topics that do not exist, so that the first event need not wait for it. Rejects with `Unavailable`. */
  async ensureTopics(topics: readonly string[]): Promise<void> {
    const deadline = performance.now() + this.deadlineMs;
    await this.inTurn(() => this.withSession(deadline, (session) => session.ensureTopics(topics)));
  }

  /** For `/health/ready`. */
  state(): ServiceState {
    return this.keeper.state();
  }

  /** Takes no new events, lets those in hand finish (each has its deadline), says goodbye to the broker. Safe to call again. */
  async close(): Promise<void> {
    this.closed = true;
    await this.last;
    await this.keeper.close();
  }

  private get deadlineMs(): number {
    return this.options.deadlineMs ?? defaultDeadlineMs;
  }

  private async sendAll(sends: readonly (readonly EventRecord[])[], deadline: number): Promise<void> {
    for (const records of sends)
      await this.withSession(deadline, async (session) => {
        await session.ensureTopics(records.map(({ event }) => event.topic));
        await session.send(records).catch((error: unknown) => {
          throw isTooLarge(error) ? this.afterRefusal(error, records) : error;
        });
      });
  }

  /**
   * The limit of a topic holds for all records of a partition together: only what is refused alone is too large by itself.
   * Otherwise the same events, published again, leave in smaller sends.
   */
  private afterRefusal(error: unknown, records: readonly EventRecord[]): unknown {
    const [{ event, bytes }] = records as readonly [EventRecord];
    this.keeper.answered();
    if (records.length === 1) return new EventTooLarge(event, bytes, undefined, { cause: error });
    this.sendBytesMax = Math.floor(records.reduce((sum, record) => sum + record.bytes, 0) / shrinkBy);
    return error;
  }

  /** A session that misses the deadline is ended: its late answer reaches nobody, and what it had not sent yet never leaves. */
  private async withSession(deadline: number, work: (session: ProducerSession) => Promise<void>): Promise<void> {
    const remainingMs = (): number => deadline - performance.now();
    try {
      if (remainingMs() <= 0) throw new DeadlinePassed(this.deadlineMs);
      const session = await within(remainingMs(), this.keeper.session(), this.deadlineMs);
      await within(remainingMs(), work(session), this.deadlineMs).catch((error: unknown) => {
        throw error instanceof DeadlinePassed ? session.end(error) : error;
      });
    } catch (error) {
      if (error instanceof EventTooLarge || error instanceof Unavailable) throw error;
      throw new Unavailable('kafka', { cause: error });
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    if (this.closed || this.waiting >= waitingMax) {
      const cause = new Error(this.closed ? 'the publisher is closed' : `${waitingMax} publishes wait`);
      return Promise.reject(new Unavailable('kafka', { cause }));
    }
    this.waiting += 1;
    const turn = this.last.then(work).finally(() => (this.waiting -= 1));
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const isTooLarge = (error: unknown): boolean =>
  ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(String((error as { type?: unknown }).type));

function reasonOf(error: unknown): string {
  if (error instanceof EventTooLarge) return 'too_large';
  return error instanceof Unavailable && error.cause instanceof DeadlinePassed ? 'deadline' : 'unavailable';
}
