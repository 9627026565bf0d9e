import { InProcessEventPublisher } from '@ferry/in-process';
import { KafkaEventPublisher, type KafkaOptions } from '@ferry/kafka';
import { ContainerModule } from 'inversify';
import { tracedPublisher } from '../decorators/traced-publisher.js';
import type { EngineSettings } from '../settings/index.js';
import { T, token } from '../tokens.js';

const kafka = token<KafkaEventPublisher>('KafkaEventPublisher');

export const inProcessEventsModule = new ContainerModule(({ bind }) => {
  bind(T.EventPublisher).toResolvedValue(() => new InProcessEventPublisher(), []);
});

/** Complete by the rules of the settings: a mechanism comes with a name and a password. */
function security(settings: EngineSettings): Pick<KafkaOptions, 'tls' | 'sasl'> {
  const { KAFKA_TLS: tls, KAFKA_CA_FILE: ca, KAFKA_SASL_MECHANISM: mechanism } = settings;
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  return { tls: tls && ca ? { ca } : tls, sasl: mechanism && { mechanism, username, password } };
}

export const kafkaModule = new ContainerModule(({ bind }) => {
  bind(kafka).toResolvedValue(
    (settings, logger, meter, lifecycle, backings) => {
      const publisher = new KafkaEventPublisher(
        {
          brokers: settings.KAFKA_BROKERS as readonly string[],
          clientId: settings.KAFKA_CLIENT_ID,
          ...security(settings),
          topics: { partitions: settings.KAFKA_PARTITIONS, replicationFactor: settings.KAFKA_REPLICATION },
        },
        logger,
        meter,
      );
      lifecycle.onClose('kafka', () => publisher.close());
      backings.push({ name: 'kafka', required: false, state: () => publisher.state() });
      return publisher;
    },
    [T.EngineSettings, T.Logger, T.Meter, T.Lifecycle, T.Backings],
  );
  bind(T.EventPublisher).toResolvedValue(tracedPublisher, [kafka]);
});
