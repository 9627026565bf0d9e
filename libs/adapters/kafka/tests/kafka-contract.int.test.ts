import { newId, traceIdOf } from '@ferry/kernel';
import { eventPublisherContract, type SeenEvent } from '@ferry/messaging/testing';
import { aPublisher, describeWithKafka } from './broker-under-test.js';
import { readTopic, type SeenRecord } from './topic-reader.js';

describeWithKafka('kafka', (brokers) => {
  eventPublisherContract('kafka', async () => {
    const topic = `contract.${newId()}`;
    const publisher = aPublisher({ brokers: [brokers] });
    await publisher.ensureTopics([topic]);
    const reader = await readTopic(brokers, topic);
    return {
      publisher,
      topic,
      seen: async (count) => (await reader.seen(count)).map(asSeen),
      stop: async () => {
        await reader.stop();
        await publisher.close();
      },
    };
  });
});

function asSeen({ topic, key, value, headers }: SeenRecord): SeenEvent {
  const header = (name: string): string => headers[name] ?? `no header ${name}`;
  return {
    topic,
    key,
    payload: value,
    eventId: header('ce_id'),
    type: header('ce_type').replace(/^io\.ferry\.(.*)\.v1$/, '$1'),
    version: Number(header('ce_sequence')),
    tenantId: header('ce_tenantid'),
    at: new Date(header('ce_time')),
    correlationId: header('correlation_id'),
    traceId: traceIdOf(header('traceparent')),
  };
}
