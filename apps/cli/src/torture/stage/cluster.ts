import type { KafkaService, Service, UrlService } from '../../../../../scripts/services/services.mjs';
import type { ServiceName } from '../faults/catalogue.js';
import { CannotRun } from '../options.js';
import { frozen } from './freeze.js';
import { runFerry } from './run-ferry.js';
import { loadServices } from './services.js';
import { slowRail } from './settings.js';
import { Slot } from './slot.js';
import type { Freezable, Stage } from './stage.js';

const APIS = 2;
/** Each sweeps and relays, so that there are always several of both. */
const WORKERS = 3;
const READY_TIMEOUT_MS = 90_000;

interface Started {
  readonly postgres: UrlService;
  readonly rabbitmq?: UrlService | undefined;
  readonly redis?: UrlService | undefined;
  readonly kafka?: KafkaService | undefined;
}

/** Apis and workers as processes of their own, on every service that this machine has. */
export async function startCluster(logDirectory: string): Promise<Stage> {
  const { descendants, freePorts } = await loadServices();
  const started = await startServices();
  const settings = settingsFor(started);
  await migrate(started.postgres.url);
  const ports = await freePorts(2 * (APIS + WORKERS));
  const slots = Array.from({ length: APIS + WORKERS }, (_, i) => slot(i, [ports[2 * i], ports[2 * i + 1]]));
  for (const each of slots) each.start();
  for (const each of slots)
    if ((await each.until(({ status }) => status === 'ok', READY_TIMEOUT_MS)) === Infinity)
      throw new CannotRun(`${each.name} is not ready after ${READY_TIMEOUT_MS / 1_000} s`);
  const services = Object.entries(started).filter((entry): entry is [ServiceName, Service] => entry[1] !== undefined);
  return {
    slots,
    apiUrls: Array.from({ length: APIS }, (_, i) => `http://127.0.0.1:${ports[2 * i]}`),
    here: new Set(services.map(([name]) => name)),
    services: {
      ...started,
      postgres: freezable(started.postgres, descendants),
      redis: started.redis && freezable(started.redis, descendants),
    },
    rabbitmqUrl: started.rabbitmq?.url,
    redisUrl: started.redis?.url,
    kafkaBrokers: started.kafka?.brokers,
    adminUrl: async () => started.postgres.url,
    verify: () => runFerry(['verify'], settings),
    stop: async () => {
      await Promise.all(slots.map((each) => each.kill()));
      // What is killed first need not be stopped in order.
      await Promise.all(services.map(([, service]) => service.kill().then(() => service.stop())));
    },
  };

  function slot(i: number, [port, metricsPort]: readonly (number | undefined)[]): Slot {
    const isApi = i < APIS;
    const number = isApi ? i + 1 : i - APIS + 1;
    // One worker has a rail that answers at once, so that both ways of processing meet on the same payments.
    const rail = isApi || number === 1 ? {} : slowRail;
    return new Slot({
      role: isApi ? 'api' : 'worker',
      number,
      settings: { ...settings, ...rail, PORT: String(port), METRICS_PORT: String(metricsPort) },
      healthUrl: `http://127.0.0.1:${isApi ? port : metricsPort}`,
      logDirectory,
    });
  }
}

async function startServices(): Promise<Started> {
  const { available, startKafka, startPostgres, startRabbitMq, startRedis } = await loadServices();
  const here = available();
  if (!here.postgres)
    throw new CannotRun(
      'PostgreSQL is not installed here: scripts/services/install.sh installs it, and --embedded brings its own',
    );
  const [postgres, rabbitmq, redis, kafka] = await Promise.all([
    startPostgres(),
    here.rabbitmq ? startRabbitMq() : undefined,
    here.redis ? startRedis() : undefined,
    here.kafka ? startKafka() : undefined,
  ]);
  return { postgres, rabbitmq, redis, kafka };
}

function freezable(service: UrlService, descendants: (pid: number) => number[]): Freezable {
  return {
    kill: () => service.kill(),
    restart: () => service.restart(),
    freeze: () => frozen(service.pid, descendants),
  };
}

const passwords = { FERRY_APP_PASSWORD: 'torture-app', FERRY_SWEEPER_PASSWORD: 'torture-sweeper' };

async function migrate(adminUrl: string): Promise<void> {
  const { code, output } = await runFerry(['migrate'], { MIGRATION_DATABASE_URL: adminUrl, ...passwords });
  if (code !== 0) throw new CannotRun(`ferry migrate failed:\n${output}`);
}

function settingsFor({ postgres, rabbitmq, redis, kafka }: Started): Record<string, string> {
  const login = (username: string, password: string): string =>
    Object.assign(new URL(postgres.url), { username, password }).toString();
  return {
    DATABASE_URL: login('ferry_app', passwords.FERRY_APP_PASSWORD),
    DATABASE_SWEEPER_URL: login('ferry_sweeper', passwords.FERRY_SWEEPER_PASSWORD),
    ...(rabbitmq && { RABBITMQ_URL: rabbitmq.url }),
    ...(redis && { REDIS_URL: redis.url }),
    ...(kafka && { KAFKA_BROKERS: kafka.brokers, KAFKA_PARTITIONS: '3' }),
  };
}
