import { silentLogger, silentMeter, type Logger, type Meter } from '@ferry/kernel';
import { addressOf, describeWith } from '../../../../tests/harness/services.js';
import { KafkaEventPublisher, type KafkaOptions } from '../src/index.js';

/** Runs with a real broker: `node scripts/services/run.mjs --only kafka -- jest libs/adapters/kafka`. */
export const describeWithKafka = (name: string, tests: (brokers: string) => void): void =>
  describeWith(['kafka'], name, () => tests(addressOf('kafka') as string));

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
