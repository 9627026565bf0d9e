import { type Logger, within } from '@ferry/kernel';
import kafkajs, { type Admin, type Producer, type SASLOptions } from 'kafkajs';
import { connectionTimeoutMs, defaultDeadlineMs, goodbyeMs, sendRetry, type KafkaOptions } from './kafka-options.js';
import { kafkajsLogging } from './kafkajs-logging.js';
import { RecordingPartitioner } from './recording-partitioner.js';
import type { EventRecord } from './records.js';
import { patchRequestQueue } from './request-queue-patch.js';
import { Sockets } from './sockets.js';
import { createMissingTopics } from './topics.js';

/**
 * One life of an idempotent producer: from its producer id to its first failure. A session that failed a send is never used
 * again: kafkajs takes its sequence numbers back after a failure, and a broker that had stored the failed batch would then answer
 * "stored" to other records under the same numbers without storing them.
 */
export class ProducerSession {
  /** Resolves when the session can be used no more: with the error that ended it, or with nothing if it just lost its idle connections. */
  readonly ended: Promise<Error | undefined>;
  private readonly settleEnded: (error: Error | undefined) => void;
  private readonly partitioner = new RecordingPartitioner();
  private readonly sockets = new Sockets(() => this.onAllClosed());
  private readonly producer: Producer;
  private readonly admin: Admin;
  private readonly known = new Set<string>();
  /** Rejects what kafkajs is working on; absent while it is idle. */
  private abandon: ((error: Error) => void) | undefined;

  constructor(
    private readonly options: KafkaOptions,
    logger: Logger,
  ) {
    patchRequestQueue();
    ({ promise: this.ended, resolve: this.settleEnded } = Promise.withResolvers<Error | undefined>());
    const kafka = new kafkajs.Kafka({
      brokers: [...options.brokers],
      clientId: options.clientId,
      ssl: options.tls ?? false,
      ...(options.sasl && { sasl: { ...options.sasl } as SASLOptions }),
      connectionTimeout: connectionTimeoutMs,
      // Our deadline comes first; a request that kafkajs itself timed out would only be sent once more to the same silence.
      requestTimeout: this.deadlineMs,
      retry: sendRetry,
      socketFactory: this.sockets.factory,
      ...kafkajsLogging(logger),
    });
    this.producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: this.partitioner.create,
    });
    this.admin = kafka.admin();
  }

  /** Connects and gets a producer id. Rejects when that fails; the session has then ended. */
  async open(): Promise<void> {
    await this.alone(() => this.producer.connect());
  }

  /** Creates missing topics; asks the broker about each topic once. */
  async ensureTopics(topics: Iterable<string>): Promise<void> {
    const unknown = [...new Set(topics)].filter((topic) => !this.known.has(topic));
    if (unknown.length === 0) return;
    await this.alone(async () => {
      await this.admin.connect();
      await createMissingTopics(this.admin, unknown, this.options.topics);
      await this.admin.disconnect();
    });
    for (const topic of unknown) this.known.add(topic);
  }

  /** Resolves when all in-sync replicas have all records. One call at a time. */
  async send(records: readonly EventRecord[]): Promise<void> {
    const byTopic = Map.groupBy(records, ({ event }) => event.topic);
    this.partitioner.reset();
    const answer = await this.alone(() =>
      this.producer.sendBatch({
        acks: -1,
        timeout: this.deadlineMs,
        topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
      }),
    );
    // Seen in kafkajs 2.2.4: when a leader moves to a broker that has already answered for other partitions, the retry
    // forgets its partition and the send resolves (tests/kafkajs-faults.unit.test.ts; tulios/kafkajs #1303 may be that).
    const missing = this.partitioner.unanswered(answer);
    if (missing.length > 0) throw this.end(new Error(`no answer for ${missing.join(', ')}`));
  }

  /** Makes the session unusable at once; what is in flight rejects. Answers the error, so that it can be thrown. */
  end(error: Error): Error {
    this.sockets.sever(error);
    this.settleEnded(error);
    this.abandon?.(error);
    return error;
  }

  /** A goodbye to the broker, bounded. Nothing may be in flight. */
  async close(): Promise<void> {
    this.settleEnded(undefined);
    await within(goodbyeMs, this.producer.disconnect()).catch(() => undefined);
    this.sockets.sever(new Error('closed'));
  }

  private get deadlineMs(): number {
    return this.options.deadlineMs ?? defaultDeadlineMs;
  }

  /**
   * Any failure ends the session. While kafkajs works it may lose and replace connections by itself. Its promise is raced, because
   * after `end` kafkajs still counts out its retries.
   */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    const abandoned = Promise.withResolvers<never>();
    this.abandon = abandoned.reject;
    try {
      return await Promise.race([work(), abandoned.promise]);
    } catch (error) {
      throw this.end(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.abandon = undefined;
    }
  }

  private onAllClosed(): void {
    if (this.abandon) return;
    this.sockets.sever(new Error('all connections closed'));
    this.settleEnded(undefined);
  }
}
