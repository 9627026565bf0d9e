import {
  kafkaUser,
  makeAuthority,
  startKafka,
  startPostgres,
  startRabbitMq,
  startRedis,
} from '../../scripts/services/services.mjs';
import { runCommand } from './ferry.js';

type Environment = Readonly<Record<string, string>>;

const passwords = { ferry_app: 'secret-of-the-app', ferry_sweeper: 'secret-of-the-sweeper' };

/** Every service that Ferry can have, each by TLS only and signed by one authority, and a migrated database. */
export async function startSecureServices() {
  const authority = makeAuthority();
  const own = authority.issue('localhost');
  const [postgres, rabbitmq, kafka, redis] = await Promise.all([
    startPostgres({ tls: own }),
    startRabbitMq({ tls: own }),
    startKafka({ tls: own }),
    startRedis({ tls: own }),
  ]);
  const database = (ca: string, login: { username?: string; password?: string } = {}): string => {
    const url = Object.assign(new URL(postgres.url), login);
    url.search = String(new URLSearchParams({ sslmode: 'verify-full', sslrootcert: ca }));
    return url.toString();
  };
  const migrated = await runCommand(['migrate'], {
    MIGRATION_DATABASE_URL: database(authority.ca),
    FERRY_APP_PASSWORD: passwords.ferry_app,
    FERRY_SWEEPER_PASSWORD: passwords.ferry_sweeper,
  });
  if (migrated.code !== 0) throw new Error(migrated.output);
  return {
    authority,
    own,
    kafka,
    /** What api and worker are given; `trusted` is whom they trust. */
    environment: (trusted = authority.ca): Environment => ({
      DATABASE_URL: database(trusted, { username: 'ferry_app', password: passwords.ferry_app }),
      DATABASE_SWEEPER_URL: database(trusted, { username: 'ferry_sweeper', password: passwords.ferry_sweeper }),
      RABBITMQ_URL: rabbitmq.url,
      RABBITMQ_CA_FILE: trusted,
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_TLS: 'true',
      KAFKA_CA_FILE: trusted,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_USERNAME: kafkaUser.username,
      KAFKA_PASSWORD: kafkaUser.password,
      REDIS_URL: redis.url,
      REDIS_CA_FILE: trusted,
    }),
    /** What no log may hold. */
    secrets: [
      ...Object.values(passwords),
      new URL(postgres.url).password,
      'guest:guest',
      kafkaUser.password,
      'PRIVATE KEY',
    ],
    stop: async (): Promise<void> => {
      await Promise.allSettled([postgres, rabbitmq, kafka, redis].map((service) => service.stop()));
      authority.remove();
    },
  };
}

export type SecureServices = Awaited<ReturnType<typeof startSecureServices>>;
