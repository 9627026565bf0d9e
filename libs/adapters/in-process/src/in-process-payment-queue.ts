import { silentLogger, systemClock, type Clock, type Logger } from '@ferry/kernel';
import {
  WaitingLine,
  type ConsumerOptions,
  type DeadLetter,
  type DeadLetters,
  type Outcome,
  type PaymentConsumer,
  type PaymentHandler,
  type PaymentMessage,
  type PaymentQueue,
  type TenantId,
} from '@ferry/payments';
import { InProcessConsumer } from './in-process-consumer.js';

/** The last delay step of the RabbitMQ retry queues. Longer waits belong to the row and the sweeper, not to a timer. */
const RETRY_DELAY_MAX_MS = 600_000;

/** About 200 bytes each, so 20 MB when full; rows beyond it wait for the sweeper. */
const CAPACITY = 100_000;

/** What an operator may want to look at; the rows themselves keep why they were parked. */
const DEAD_LETTERS_MAX = 10_000;

export interface InProcessPaymentQueueOptions {
  /** Messages that wait, are being handled, or are to be retried. Beyond it `publish` answers false. */
  readonly capacity?: number;
  /** Dead letters kept; the oldest make room. */
  readonly deadLettersMax?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * The queue of a single process: lost with it, which the sweeper repairs. Tenants are served in turn. A message counts against
 * the capacity from its publication until it is done or dead, so neither retries nor slow handlers make it grow.
 */
export class InProcessPaymentQueue implements PaymentQueue, DeadLetters {
  private readonly waiting = new WaitingLine<PaymentMessage>();
  private size = 0;
  private readonly dead = new Set<DeadLetter & { readonly message: PaymentMessage }>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private readonly consumers = new Set<InProcessConsumer>();
  private readonly capacity: number;
  private readonly deadLettersMax: number;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private closed = false;

  constructor(options: InProcessPaymentQueueOptions = {}) {
    this.capacity = options.capacity ?? CAPACITY;
    this.deadLettersMax = options.deadLettersMax ?? DEAD_LETTERS_MAX;
    this.clock = options.clock ?? systemClock;
    this.logger = options.logger ?? silentLogger;
  }

  async publish(messages: readonly PaymentMessage[]): Promise<readonly boolean[]> {
    const answers = messages.map((message) => this.add(message));
    this.wake();
    return answers;
  }

  async consume(handler: PaymentHandler, options: ConsumerOptions): Promise<PaymentConsumer> {
    if (!(options.prefetch >= 1)) throw new RangeError(`a prefetch is at least 1, not ${options.prefetch}`);
    const consumer = new InProcessConsumer(this.source, handler, options, this.logger);
    this.consumers.add(consumer);
    consumer.wake();
    return {
      stop: async (timeoutMs) => {
        this.consumers.delete(consumer);
        await consumer.stop(timeoutMs);
      },
    };
  }

  async depth(): Promise<number> {
    return this.waiting.length;
  }

  /** Its own only, since tenants are served in turn. As many of one as there is free room: the others must find some. */
  ahead(tenantId: TenantId): number | undefined {
    const own = this.waiting.lengthOf(tenantId);
    return own < this.capacity - this.size ? own : undefined;
  }

  async count(): Promise<number> {
    return this.dead.size;
  }

  async drain(decide: (letter: DeadLetter) => Promise<'replay' | 'keep' | 'drop'>, max: number) {
    const tally = { replayed: 0, kept: 0, dropped: 0 };
    for (const letter of [...this.dead].slice(0, max)) {
      const decision = await decide(letter);
      const replayed = decision === 'replay' && (await this.publish([{ ...letter.message, attempt: 0 }]))[0];
      if (replayed) tally.replayed += 1;
      else if (decision === 'drop') tally.dropped += 1;
      else tally.kept += 1;
      if (replayed || decision === 'drop') this.dead.delete(letter);
    }
    return tally;
  }

  /** Forgets what waits, and takes nothing more. */
  close(): void {
    this.closed = true;
    for (const timer of this.retries) clearTimeout(timer);
    this.retries.clear();
    this.waiting.clear();
  }

  private readonly source = {
    waitingCount: (): number => this.waiting.length,
    take: (max: number): PaymentMessage[] => this.waiting.take(max),
    giveBack: (messages: readonly PaymentMessage[]): void => {
      this.waiting.pushBack(messages);
      this.wake();
    },
    settle: (message: PaymentMessage, outcome: Outcome): void => this.settle(message, outcome),
  };

  private add(message: PaymentMessage): boolean {
    if (this.closed || this.size >= this.capacity) return false;
    this.size += 1;
    this.waiting.push(message);
    return true;
  }

  private settle(message: PaymentMessage, outcome: Outcome): void {
    if (outcome.outcome === 'retry') return this.retry(message, outcome);
    this.size -= 1;
    if (outcome.outcome === 'give-up') this.bury(message, outcome.reason);
  }

  private retry(message: PaymentMessage, { delayMs }: Extract<Outcome, { outcome: 'retry' }>): void {
    if (this.closed) return;
    const comeBack = (): void => {
      this.retries.delete(timer);
      this.waiting.push({ ...message, attempt: message.attempt + 1 });
      this.wake();
    };
    const timer = setTimeout(comeBack, Math.min(delayMs, RETRY_DELAY_MAX_MS)).unref();
    this.retries.add(timer);
  }

  private bury(message: PaymentMessage, reason: string): void {
    this.dead.add({ message, reason, deadAt: this.clock.now() });
    const [oldest] = this.dead;
    if (this.dead.size <= this.deadLettersMax || oldest === undefined) return;
    this.dead.delete(oldest);
    const { tenantId, paymentId } = oldest.message;
    this.logger.warn('too many dead letters, the oldest is dropped', { tenant_id: tenantId, payment_id: paymentId });
  }

  private wake(): void {
    for (const consumer of this.consumers) consumer.wake();
  }
}
