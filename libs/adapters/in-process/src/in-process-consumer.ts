import { backoffMs, errorFields, sleep, type Backoff, type Logger } from '@ferry/kernel';
import type { ConsumerOptions, Outcome, PaymentConsumer, PaymentHandler, PaymentMessage } from '@ferry/payments';

/** Between two tries while the handler rejects: soon enough after a short outage, quiet during a long one. */
const storeAway: Backoff = { baseMs: 1_000, maxMs: 15_000 };

/** What a consumer needs of its queue. */
export interface Source {
  hasMore(): boolean;
  take(max: number): PaymentMessage[];
  giveBack(messages: readonly PaymentMessage[]): void;
  settle(message: PaymentMessage, outcome: Outcome): void;
}

/** Takes batches from the queue, one at a time; what arrives meanwhile forms the next. */
export class InProcessConsumer implements PaymentConsumer {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** The batch that the handler has; undefined when there is none, or when it was given back. */
  private batch: PaymentMessage[] | undefined;

  constructor(
    private readonly source: Source,
    private readonly handler: PaymentHandler,
    private readonly options: ConsumerOptions,
    private readonly logger: Logger,
  ) {}

  /** To be called whenever the queue may have something. */
  wake(): void {
    if (this.running !== undefined || this.stopping.signal.aborted) return;
    this.running = this.runOne().then(() => {
      this.running = undefined;
      if (this.source.hasMore()) this.wake();
    });
  }

  async stop(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    if (this.running !== undefined) await within(timeoutMs, this.running);
    this.giveBack();
  }

  private async runOne(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // messages published together share a batch
    if (this.stopping.signal.aborted) return;
    const batch = this.source.take(this.options.prefetch);
    if (batch.length === 0) return;
    this.batch = batch;
    const outcomes = await this.handle(batch);
    if (this.batch !== batch) return; // it was given back: whoever has it now decides
    if (outcomes === undefined) this.giveBack();
    else batch.forEach((message, i) => this.source.settle(message, outcomes[i] as Outcome));
    this.batch = undefined;
  }

  /** Asks until the handler answers; undefined when the consumer is stopped before. */
  private async handle(batch: readonly PaymentMessage[]): Promise<readonly Outcome[] | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcomes = await this.handler(batch);
        if (outcomes.length === batch.length) return outcomes;
        throw new Error(`a handler answered ${outcomes.length} outcomes for ${batch.length} messages`);
      } catch (error) {
        const level = attempt === 1 ? 'warn' : 'debug';
        this.logger[level]('payments cannot be handled now', {
          messages: batch.length,
          attempt,
          ...errorFields(error),
        });
        await sleep(backoffMs(storeAway, attempt, Math.random()), this.stopping.signal);
        if (this.stopping.signal.aborted) return undefined;
      }
    }
  }

  private giveBack(): void {
    if (this.batch !== undefined) this.source.giveBack(this.batch);
    this.batch = undefined;
  }
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, sleep(timeoutMs, late.signal)]);
  late.abort();
}
