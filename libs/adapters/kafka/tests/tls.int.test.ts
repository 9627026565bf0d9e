import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KafkaEventPublisher, type KafkaOptions } from '@ferry/kafka';
import { silentLogger, silentMeter } from '@ferry/kernel';
import { anOutboxEvent } from '@ferry/messaging/testing';
import { kafkaUser, makeAuthority, startKafka, type KafkaService } from '../../../../scripts/services/services.mjs';
import { describeWithOwn } from '../../../../tests/harness/services.js';

describeWithOwn(['kafka'], 'Kafka by TLS and SASL', () => {
  const authority = makeAuthority();
  const stranger = makeAuthority();
  const trusted = { ca: readFileSync(authority.ca, 'utf8') };
  const plain = { mechanism: 'plain', ...kafkaUser } as const;
  let service: KafkaService;
  beforeAll(async () => {
    service = await startKafka({ tls: authority.issue('localhost') });
  });
  afterAll(async () => {
    await service?.stop();
    authority.remove();
    stranger.remove();
  });

  async function publish(
    security: Pick<KafkaOptions, 'tls' | 'sasl' | 'deadlineMs'>,
    brokers = service.brokers,
  ): Promise<void> {
    const topics = { partitions: 1, replicationFactor: 1 };
    const options = { brokers: [brokers], clientId: 'tls', topics, ...security };
    const publisher = new KafkaEventPublisher(options, silentLogger, silentMeter);
    try {
      await publisher.publish([anOutboxEvent()]);
    } catch (error) {
      // What went wrong at each try; the rejection itself may only say that the time was up.
      throw new Error(`${publisher.state().lastError}`, { cause: error });
    } finally {
      await publisher.close();
    }
  }
  const briefly = { deadlineMs: 4_000 };

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('publishes, with SASL %s', (mechanism) =>
    publish({ tls: trusted, sasl: { mechanism, ...kafkaUser } }),
  );

  test('refuses a broker that another authority signed', () =>
    expect(publish({ tls: { ca: readFileSync(stranger.ca, 'utf8') }, sasl: plain, ...briefly })).rejects.toThrow(
      /unable to verify|self-signed/,
    ));

  test('refuses a certificate for another name', () =>
    expect(
      publish({ tls: trusted, sasl: plain, ...briefly }, service.brokers.replace('localhost', '127.0.0.1')),
    ).rejects.toThrow(/does not match|not in the cert/));

  test('is refused with another password', () =>
    expect(publish({ tls: trusted, sasl: { ...plain, password: 'wrong' }, ...briefly })).rejects.toThrow(
      /[Aa]uthentication/,
    ));

  test('gets nowhere without TLS', () => expect(publish({ sasl: plain, ...briefly })).rejects.toThrow(/./));
});
