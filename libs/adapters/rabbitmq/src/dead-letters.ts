import { Unavailable, type Clock, answerWithin } from '@ferry/kernel';
import type { DeadLetter, DeadLetters } from '@ferry/payments';
import type { Channel, GetMessage } from 'amqplib';
import type { Connection } from './connection.js';
import { asReplay, deadLetterOf } from './message.js';
import type { Publisher } from './publisher.js';
import { deadQueue, workQueue, type Topology } from './topology.js';

/** Longer than any answer of a broker in service; an operator's request waits for it. */
const ANSWER_TIMEOUT_MS = 5_000;

type Decision = 'replay' | 'keep' | 'drop';

/** The queue of the dead. All methods throw `Unavailable` when the broker is away. */
export class RabbitMqDeadLetters implements DeadLetters {
  constructor(
    private readonly topology: Topology,
    private readonly connection: Connection,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  count(): Promise<number> {
    return this.withChannel((channel) => this.countOn(channel));
  }

  drain(decide: (letter: DeadLetter) => Promise<Decision>, max: number) {
    return this.withChannel(async (channel) => {
      const tally = { replayed: 0, kept: 0, dropped: 0 };
      for (let left = Math.min(max, await this.countOn(channel)); left > 0; left -= 1) {
        const letter = await available(channel.get(deadQueue(this.topology)));
        if (letter === false) break;
        const done = await this.settle(channel, letter, await decide(deadLetterOf(letter)));
        tally[done] += 1;
      }
      return tally; // what is kept was not acknowledged: it returns when the channel closes
    });
  }

  private async settle(
    channel: Channel,
    letter: GetMessage,
    decision: Decision,
  ): Promise<'replayed' | 'kept' | 'dropped'> {
    if (decision === 'keep') return 'kept';
    if (decision === 'replay') {
      const envelope = asReplay(letter, this.clock.now());
      const [taken] = await this.publisher.publish([{ queue: workQueue(this.topology), envelope }]);
      if (!taken) return 'kept';
    }
    channel.ack(letter);
    return decision === 'replay' ? 'replayed' : 'dropped';
  }

  private async countOn(channel: Channel): Promise<number> {
    return (await available(channel.checkQueue(deadQueue(this.topology)))).messageCount;
  }

  private async withChannel<T>(use: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await available(this.connection.openChannel());
    try {
      return await use(channel);
    } finally {
      await answerWithin(ANSWER_TIMEOUT_MS, closed(channel));
    }
  }
}

/** Its answer; `Unavailable` when there is none in time. */
async function available<T>(answer: Promise<T | undefined>): Promise<T> {
  const known = await answerWithin(ANSWER_TIMEOUT_MS, answer).catch((cause) => {
    throw new Unavailable('rabbitmq', { cause });
  });
  if (known === undefined) throw new Unavailable('rabbitmq');
  return known;
}

/** A channel that was lost throws here, and is as closed as can be. */
const closed = async (channel: Channel): Promise<void> => channel.close().catch(() => {});
