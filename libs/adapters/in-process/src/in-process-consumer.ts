import { type Logger, answerWithin } from '@ferry/kernel';
import {
  HandleMessages,
  type ConsumerOptions,
  type InHand,
  type Outcome,
  type PaymentConsumer,
  type PaymentHandler,
  type PaymentMessage,
} from '@ferry/payments';
import { setMaxListeners } from 'node:events';

/** What a consumer needs of its queue. */
export interface Source {
  waitingCount(): number;
  take(max: number): PaymentMessage[];
  giveBack(messages: readonly PaymentMessage[]): void;
  settle(message: PaymentMessage, outcome: Outcome): void;
}

/** Takes messages from the queue and hands back, when it stops, what is not settled. */
export class InProcessConsumer implements PaymentConsumer {
  private readonly stopping = new AbortController();
  private readonly handling: HandleMessages<InHand>;

  constructor(source: Source, handler: PaymentHandler, { prefetch }: ConsumerOptions, logger: Logger) {
    const { signal } = this.stopping;
    setMaxListeners(0, signal); // one for each message that is handed in again; the prefetch bounds them
    const hands = {
      waiting: () => source.waitingCount(),
      take: (max: number) => source.take(max).map((message) => ({ message, over: signal })),
      settle: (settled: readonly { held: InHand; outcome: Outcome }[]) =>
        settled.forEach(({ held, outcome }) => source.settle(held.message, outcome)),
      giveBack: (held: readonly InHand[]) => source.giveBack(held.map(({ message }) => message)),
    };
    this.handling = new HandleMessages(hands, { handler, prefetch, stopping: signal, random: Math.random, logger });
  }

  /** To be called whenever the queue may have something. */
  wake(): void {
    this.handling.wake();
  }

  async stop(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    await answerWithin(timeoutMs, this.handling.finished());
    this.handling.giveBack();
  }
}
