import { describe } from '@jest/globals';
import { silentLogger, silentMeter, type Logger, type Meter } from '@ferry/kernel';
import { KafkaEventPublisher, type KafkaOptions } from '../src/index.js';

const brokers = process.env['TEST_KAFKA_BROKERS'];

/** Runs with a real broker: `node scripts/services/run.mjs --only kafka -- jest libs/adapters/kafka`. */
export function describeWithKafka(name: string, tests: (brokers: string) => void): void {
  if (brokers !== undefined) describe(name, () => tests(brokers));
  else if (process.env['REQUIRE_SERVICES'] === '1') throw new Error('TEST_KAFKA_BROKERS is not set');
  else describe.skip(`${name} (TEST_KAFKA_BROKERS is not set)`, () => tests(''));
}

export function aPublisher(
  given: Partial<KafkaOptions> & { readonly brokers: readonly string[] },
  logger: Logger = silentLogger,
  meter: Meter = silentMeter,
): KafkaEventPublisher {
  return new KafkaEventPublisher(
    { clientId: 'test', topics: { partitions: 3, replicationFactor: 1 }, ...given },
    logger,
    meter,
  );
}
