import { backoffMs, errorFields, sleep, Spacing, type Backoff, type Logger } from '@ferry/kernel';
import type { Outcome, PaymentHandler, PaymentMessage } from '../ports/payment-queue.js';

/** Between two tries: soon enough after a short outage, quiet during a long one. */
const notNow: Backoff = { baseMs: 1_000, maxMs: 15_000 };

/**
 * Between the starts of two batches, unless one is full before: at 3,000 payments/s a batch then has 74 payments instead of 7. With the relay's
 * spacing that saves a sixth of all CPU (docs/performance.md). The first after a quiet moment does not wait.
 */
const SPACING_MS = 25;

/** A message that a consumer holds. */
export interface InHand {
  readonly message: PaymentMessage;
  /** Aborts when it will not be handed in again: its consumer stops, or lost it. */
  readonly over: AbortSignal;
}

export interface Settled<M extends InHand> {
  readonly held: M;
  readonly outcome: Outcome;
}

/** What a consumer does with its queue. */
export interface Hands<M extends InHand> {
  /** How many wait to be taken. */
  waiting(): number;
  /** Takes what waits, at most `max`. */
  take(max: number): readonly M[];
  settle(settled: readonly Settled<M>[]): void;
  /** Back to the queue, as if never taken. */
  giveBack(held: readonly M[]): void;
}

export interface HandleOptions {
  readonly handler: PaymentHandler;
  readonly prefetch: number;
  /** Nothing is taken after it aborts. */
  readonly stopping: AbortSignal;
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * How the messages of a consumer go through its handler, whatever the queue: one store part at a time, so that what arrives
 * meanwhile forms the next batch; pending outcomes beside it, settled as they come; never more in hand than the prefetch.
 */
export class HandleMessages<M extends InHand> {
  /** With how often the handler said "not now" to it. */
  private readonly inHand = new Map<M, number>();
  private readonly pending = new Set<Promise<void>>();
  /** To be handed in again with the next batch. */
  private again: M[] = [];
  private running: Promise<void> | undefined;
  private readonly spacing = new Spacing(SPACING_MS);
  /** Aborts when the batch that gathers is full. */
  private gathering = new AbortController();

  constructor(
    private readonly hands: Hands<M>,
    private readonly options: HandleOptions,
  ) {}

  /** To be called whenever the queue may have something. */
  wake(): void {
    if (this.options.stopping.aborted) return;
    if (this.isFull) this.gathering.abort();
    if (this.running !== undefined || (this.again.length === 0 && !this.mayTake)) return;
    this.running = this.runOne().then(() => {
      this.running = undefined;
      this.wake();
    });
  }

  /** Once stopping: when what is in hand has ended. */
  async finished(): Promise<void> {
    await this.running;
    await Promise.all(this.pending);
  }

  /** All that is still in hand; what becomes of it is for others to decide. */
  giveBack(): void {
    this.letGo([...this.inHand.keys()]);
  }

  private get room(): number {
    return this.options.prefetch - this.inHand.size;
  }

  private get mayTake(): boolean {
    return this.room > 0 && this.hands.waiting() > 0;
  }

  /** There would be no room for what comes later. */
  private get isFull(): boolean {
    return this.hands.waiting() >= this.room;
  }

  private async runOne(): Promise<void> {
    await this.gather();
    if (this.options.stopping.aborted) return;
    const taken = this.room > 0 ? this.hands.take(this.room) : [];
    for (const held of taken) this.inHand.set(held, 0);
    const batch = [...this.still(this.again.splice(0)), ...taken];
    if (batch.length === 0) return;
    const outcomes = await this.handle(batch);
    if (outcomes === undefined) {
      this.again.push(...this.still(batch));
      return;
    }
    const settled: Settled<M>[] = [];
    batch.forEach((held, i) => {
      const outcome = outcomes[i] as Outcome | Promise<Outcome>;
      if ('outcome' in outcome) settled.push({ held, outcome });
      else this.waitFor(held, outcome);
    });
    this.settle(settled);
  }

  /** Messages that come together share a batch, and those that come soon after the last one. */
  private async gather(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { waitMs } = this.spacing;
    if (waitMs > 0 && !this.isFull) {
      this.gathering = new AbortController();
      await sleep(waitMs, AbortSignal.any([this.gathering.signal, this.options.stopping]));
    }
    this.spacing.started();
  }

  /** Asks until the handler answers; undefined when it is over before. */
  private async handle(batch: readonly M[]): Promise<Awaited<ReturnType<PaymentHandler>> | undefined> {
    const { handler, logger, random } = this.options;
    const [{ over }] = batch as readonly [M];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcomes = await handler(batch.map(({ message }) => message));
        if (outcomes.length === batch.length) return outcomes;
        throw new Error(`a handler answered ${outcomes.length} outcomes for ${batch.length} messages`);
      } catch (error) {
        const fields = { messages: batch.length, attempt, ...errorFields(error) };
        logger[attempt === 1 ? 'warn' : 'debug']('payments cannot be handled now', fields);
        await sleep(backoffMs(notNow, attempt, random()), over);
        if (over.aborted) return undefined;
      }
    }
  }

  private waitFor(held: M, outcome: Promise<Outcome>): void {
    const ended = outcome
      .then(
        (known) => this.settle([{ held, outcome: known }]),
        (error: unknown) => this.handInAgain(held, error),
      )
      .finally(() => this.pending.delete(ended));
    this.pending.add(ended);
  }

  private async handInAgain(held: M, error: unknown): Promise<void> {
    const refusals = this.inHand.get(held);
    if (refusals === undefined) return; // it was given back: whoever has it now decides
    const attempt = refusals + 1;
    const first = [...this.inHand.values()].every((others) => others === 0); // one line for all of an outage
    this.inHand.set(held, attempt);
    this.options.logger[first ? 'warn' : 'debug']('payments cannot be settled now', { attempt, ...errorFields(error) });
    await sleep(backoffMs(notNow, attempt, this.options.random()), held.over);
    if (held.over.aborted) return this.letGo([held]);
    this.again.push(held);
    this.wake();
  }

  /** Without what is over. */
  private still(held: readonly M[]): readonly M[] {
    this.letGo(held.filter(({ over }) => over.aborted));
    return held.filter(({ over }) => !over.aborted);
  }

  private settle(settled: readonly Settled<M>[]): void {
    const ours = settled.filter(({ held }) => this.inHand.delete(held));
    if (ours.length > 0) this.hands.settle(ours);
    this.wake();
  }

  private letGo(held: readonly M[]): void {
    const ours = held.filter((one) => this.inHand.delete(one));
    if (ours.length > 0) this.hands.giveBack(ours);
    this.wake();
  }
}
