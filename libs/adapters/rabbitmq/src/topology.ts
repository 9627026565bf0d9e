import type { Channel } from 'amqplib';

export const QUEUE_NAME = 'payment_processing';

/** Rows that no message speaks for wait in Postgres, so this only bounds the broker's disk and memory (some 100 bytes each). */
export const QUEUE_LENGTH_MAX = 500_000;

/**
 * Deliveries of one message without an answer before the broker takes it for one that kills workers. 20 is the default of
 * RabbitMQ 4; 3.10 has none. Lost connections and stopped workers count too (until 4.3), hence not fewer.
 */
const DELIVERY_LIMIT = 20;

/** A letter may be looked at and kept any number of times. Not -1: RabbitMQ 3.10 accepts it and drops at the first return. */
const DELIVERY_LIMIT_OF_DEAD_LETTERS = 2 ** 31 - 1;

/**
 * One queue a delay, because a message's own TTL would wait behind longer ones at the head. Short steps answer a busy
 * rail, long ones an outage; the row keeps the exact time.
 */
export const retrySteps = [
  { name: '1s', delayMs: 1_000 },
  { name: '5s', delayMs: 5_000 },
  { name: '30s', delayMs: 30_000 },
  { name: '2m', delayMs: 120_000 },
  { name: '10m', delayMs: 600_000 },
] as const;

export interface Topology {
  /** Of the work queue and of the exchange; other queues have it as prefix. */
  readonly name: string;
  /** Messages in each queue, about (the broker checks it late); beyond it publishing is refused. */
  readonly lengthMax: number;
}

/** Routing keys are the queues' names. */
export const workQueue = ({ name }: Topology): string => name;

export const deadQueue = ({ name }: Topology): string => `${name}.dead`;

/** The first step that is not shorter than the delay, so that a message does not come before its row is due; else the last. */
export function retryQueue({ name }: Topology, delayMs: number): string {
  const step = retrySteps.find((candidate) => candidate.delayMs >= delayMs) ?? retrySteps.at(-1);
  return `${name}.retry.${step?.name}`;
}

/** Idempotent. Rejects with PRECONDITION_FAILED (406) when a queue exists with other arguments. */
export async function declareTopology(channel: Channel, topology: Topology): Promise<void> {
  await channel.assertExchange(topology.name, 'direct', { durable: true });
  await declare(channel, topology, deadQueue(topology), {
    'x-delivery-limit': DELIVERY_LIMIT_OF_DEAD_LETTERS,
  });
  await declare(channel, topology, workQueue(topology), {
    'x-delivery-limit': DELIVERY_LIMIT,
    ...deadLetterTo(topology, deadQueue(topology)),
  });
  for (const { delayMs } of retrySteps)
    await declare(channel, topology, retryQueue(topology, delayMs), {
      'x-message-ttl': delayMs,
      ...deadLetterTo(topology, workQueue(topology)),
    });
}

/** The broker moves a message and forgets it here only when the other queue has it; this needs `reject-publish` here. */
const deadLetterTo = ({ name }: Topology, queue: string): Record<string, unknown> => ({
  'x-dead-letter-exchange': name,
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
});

async function declare(
  channel: Channel,
  topology: Topology,
  queue: string,
  own: Record<string, unknown>,
): Promise<void> {
  const limits = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': topology.lengthMax };
  await channel.assertQueue(queue, { durable: true, arguments: { ...limits, ...own } });
  await channel.bindQueue(queue, topology.name, queue);
}
