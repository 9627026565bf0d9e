import { patchRequestQueue } from '@ferry/kafka';
import { newId, sleep } from '@ferry/kernel';
import kafkajs, { type KafkaConfig } from 'kafkajs';

/** An event as a consumer gets it. */
export interface ToldEvent {
  readonly paymentId: string;
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
}

const TOPIC = 'payment.events';
const POLL_MS = 50;
const TIMEOUT_MS = 120_000;

/** The whole topic, up to what is in it now. */
export async function readTopic(
  brokers: string,
  security: Pick<KafkaConfig, 'ssl' | 'sasl'> = {},
): Promise<readonly ToldEvent[]> {
  patchRequestQueue();
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    clientId: 'torture',
    ...security,
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: newId(), maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  try {
    await Promise.all([admin.connect(), consumer.connect()]);
    const ends = new Map(
      (await admin.fetchTopicOffsets(TOPIC)).map(({ partition, high }) => [partition, Number(high)]),
    );
    const events: ToldEvent[] = [];
    const reached = new Map<number, number>();
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch }) => {
        events.push(...batch.messages.map(({ key, value }) => told(key, value)));
        reached.set(batch.partition, Number(batch.lastOffset()) + 1);
      },
    });
    const deadline = performance.now() + TIMEOUT_MS;
    while ([...ends].some(([partition, end]) => (reached.get(partition) ?? 0) < end)) {
      if (performance.now() > deadline) throw new Error(`${TOPIC} could not be read to its end`);
      await sleep(POLL_MS);
    }
    return events;
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
  }
}

function told(key: Buffer | null, value: Buffer | null): ToldEvent {
  const { event_id, event_type, version } = JSON.parse(String(value)) as Record<string, unknown>;
  return { paymentId: String(key), eventId: String(event_id), type: String(event_type), version: Number(version) };
}
