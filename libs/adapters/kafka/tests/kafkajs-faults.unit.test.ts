import { createRequire } from 'node:module';
import { describe, expect, jest, test } from '@jest/globals';
import { RecordingPartitioner } from '../src/recording-partitioner.js';
import { patchRequestQueue } from '../src/request-queue-patch.js';

const require = createRequire(import.meta.url);

interface Partition {
  readonly partition: number;
  readonly messages: readonly { readonly value: string }[];
}
interface Answer {
  readonly topicName: string;
  readonly partition: number;
}

/** What we work around, shown on kafkajs's own code: when one of these fails, a new kafkajs may need the work-around no more. */
describe('faults of kafkajs 2.2.4', () => {
  test('a send forgets a partition whose leader moves to a broker that has already answered; the partitioner tells', async () => {
    const partitioner = new RecordingPartitioner();
    const choose = partitioner.create();
    const cluster = twoBrokersWhoseLeaderMoves();
    const send = require('kafkajs/src/producer/sendMessages')({
      logger: { debug: () => undefined, error: () => undefined },
      cluster,
      eosManager: noTransactions,
      retrier: require('kafkajs/src/retry')({ initialRetryTime: 1, retries: 5 }),
      partitioner: choose,
    }) as (request: object) => Promise<Answer[]>;
    const messages = Array.from({ length: 20 }, (_, i) => ({ key: `key ${i}`, value: `value ${i}` }));
    const answer = await send({ acks: -1, topicMessages: [{ topic: 'events', messages }] });
    expect(cluster.stored[0].length).toBeGreaterThan(0);
    expect(cluster.stored[1]).toEqual([]);
    expect(partitioner.unanswered(answer)).toEqual(['events-1']);
    partitioner.reset();
    expect(partitioner.unanswered(answer)).toEqual([]);
  });

  test('an idle request queue arms no timer once patched; a throttled one and one with waiting requests do', () => {
    const RequestQueue = require('kafkajs/src/network/requestQueue');
    const logger = { debug: () => undefined };
    const armed = jest.spyOn(globalThis, 'setTimeout');
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, logger });
    queue.checkPendingRequests();
    expect(armed).toHaveBeenCalledTimes(1);
    expect(armed.mock.calls[0]![1]).toBeLessThan(0);
    queue.destroy();
    patchRequestQueue();
    patchRequestQueue();
    armed.mockClear();
    queue.checkPendingRequests();
    expect(armed).not.toHaveBeenCalled();
    queue.maybeThrottle(60_000);
    queue.checkPendingRequests();
    queue.checkPendingRequests();
    expect(armed).toHaveBeenCalledTimes(1);
    expect(armed.mock.calls[0]![1]).toBeGreaterThan(30_000);
    queue.destroy();
    armed.mockRestore();
  });
});

/** Partition 0 lives on broker 2; partition 1 on broker 1, until the first record for it makes it move to broker 2. */
function twoBrokersWhoseLeaderMoves() {
  const leaders = [2, 1];
  const stored: [string[], string[]] = [[], []];
  const broker = (nodeId: number) => ({
    nodeId,
    produce: async ({ topicData }: { topicData: { topic: string; partitions: Partition[] }[] }) => {
      const partitions = topicData.flatMap((topic) => topic.partitions);
      if (nodeId === 1) {
        leaders[1] = 2;
        throw Object.assign(new Error('not the leader'), { name: 'KafkaJSProtocolError', retriable: true });
      }
      for (const { partition, messages } of partitions)
        stored[partition as 0 | 1].push(...messages.map(({ value }) => value));
      return {
        topics: [{ topicName: 'events', partitions: partitions.map(({ partition }) => ({ partition, errorCode: 0 })) }],
      };
    },
  });
  const brokers = [undefined, broker(1), broker(2)];
  return {
    stored,
    isConnected: () => true,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0 }, { partitionId: 1 }],
    findLeaderForPartitions: (_topic: string, partitions: string[]) =>
      Object.groupBy(partitions.map(Number), (partition) => leaders[partition]!),
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers[Number(nodeId)],
  };
}

const noTransactions = {
  acquireBrokerLock: async () => undefined,
  releaseBrokerLock: () => undefined,
  isTransactional: () => false,
  getSequence: () => 0,
  updateSequence: () => undefined,
  getProducerId: () => 1,
  getProducerEpoch: () => 0,
};
