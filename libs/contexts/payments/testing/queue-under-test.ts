import { newId, newTraceparent } from '@ferry/kernel';
import type {
  DeadLetters,
  Outcome,
  PaymentConsumer,
  PaymentHandler,
  PaymentMessage,
  PaymentQueue,
} from '../src/ports/payment-queue.js';
import { eventually } from './eventually.js';

/** Long enough for a message that should not come to come. */
export const QUIET_MS = 300;

/** One empty queue of its own. `close` releases it and whatever it holds elsewhere. */
export interface QueueUnderTest {
  readonly queue: PaymentQueue;
  readonly deadLetters: DeadLetters;
  close(): Promise<void>;
}

/** `capacity`: about how many messages it takes before `publish` answers false; ample when not given. */
export type MakeQueue = (options?: { readonly capacity?: number }) => Promise<QueueUnderTest>;

export const aMessage = (): PaymentMessage => ({
  tenantId: 'acme',
  paymentId: newId(),
  origin: { correlationId: newId(), traceparent: newTraceparent() },
  attempt: 0,
});

export const someMessages = (count: number): PaymentMessage[] => Array.from({ length: count }, aMessage);

export const idsOf = (messages: readonly PaymentMessage[]): string[] => messages.map(({ paymentId }) => paymentId);

/** How many stand, as soon as the queue says it: a broker that is paused leaves it unknown. */
export async function depthOf(queue: PaymentQueue): Promise<number> {
  let depth: number | undefined;
  await eventually('it tells its depth', async () => (depth = await queue.depth()) !== undefined);
  return depth as number;
}

export const done: Outcome = { outcome: 'done' };

/** What a handler answered, when its last outcome is there. */
export const allOutcomes = (outcomes: readonly (Outcome | Promise<Outcome>)[]): Promise<Outcome[]> =>
  Promise.all(outcomes.map(async (outcome) => outcome));

/** A handler that remembers each batch and answers `decide` for each message. */
export class RecordingHandler {
  readonly batches: PaymentMessage[][] = [];

  constructor(private readonly decide: (message: PaymentMessage) => Outcome = () => done) {}

  get messages(): PaymentMessage[] {
    return this.batches.flat();
  }

  readonly handle: PaymentHandler = async (messages) => {
    this.batches.push([...messages]);
    return messages.map(this.decide);
  };
}

/** Makes a queue, gives it to `story`, stops the story's consumers and closes the queue, whatever happened. */
export async function withQueue(
  makeQueue: MakeQueue,
  story: (tested: QueueUnderTest & { consume: ConsumeInTest }) => Promise<void>,
  options?: { readonly capacity?: number },
): Promise<void> {
  const tested = await makeQueue(options);
  const consumers: PaymentConsumer[] = [];
  const consume: ConsumeInTest = async (handler, prefetch = 10) => {
    const consumer = await tested.queue.consume(handler, { prefetch });
    consumers.push(consumer);
    return consumer;
  };
  try {
    await story({ queue: tested.queue, deadLetters: tested.deadLetters, close: () => tested.close(), consume });
  } finally {
    await Promise.all(consumers.map((consumer) => consumer.stop(1_000)));
    await tested.close();
  }
}

type ConsumeInTest = (handler: PaymentHandler, prefetch?: number) => Promise<PaymentConsumer>;

export const byId = (messages: readonly PaymentMessage[]): string[] => idsOf(messages).sort();

export const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, i) => time - (times[i] as number));
