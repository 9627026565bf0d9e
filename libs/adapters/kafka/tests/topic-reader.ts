import { newId } from '@ferry/kernel';
import kafkajs from 'kafkajs';
import { patchRequestQueue } from '../src/request-queue-patch.js';

export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TopicReader {
  /** All records of the topic, once they are at least `count` and the reader has reached the end of every partition. */
  seen(count: number): Promise<readonly SeenRecord[]>;
  stop(): Promise<void>;
}

const pollMs = 20;

/** Reads a topic from its beginning with a consumer group of its own. */
export async function readTopic(brokers: string, topic: string): Promise<TopicReader> {
  patchRequestQueue();
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    clientId: 'reader',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: newId(), maxWaitTimeInMs: 50, allowAutoTopicCreation: false });
  const records: SeenRecord[] = [];
  await Promise.all([admin.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
      records.push({
        topic,
        partition,
        key: String(message.key),
        value: message.value!,
        headers: Object.fromEntries(headers),
      });
    },
  });
  const stored = async (): Promise<number> =>
    (await admin.fetchTopicOffsets(topic)).reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  return {
    async seen(count) {
      while (records.length < count || records.length < (await stored()))
        await new Promise((r) => setTimeout(r, pollMs));
      return [...records];
    },
    async stop() {
      await Promise.all([consumer.disconnect(), admin.disconnect()]);
    },
  };
}

/** Versions in order of arrival, by key; `firstOnly` drops what a consumer that remembers the highest version would drop. */
export function versionsByKey(records: readonly SeenRecord[], firstOnly = false): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  for (const { key, headers } of records) {
    const versions = byKey.get(key) ?? [];
    byKey.set(key, versions);
    const version = Number(headers['ce_sequence']);
    if (!firstOnly || !versions.includes(version)) versions.push(version);
  }
  return byKey;
}
