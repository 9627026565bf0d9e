// Runs the tests beside real services: `npm test [-- JEST ARGS...]`.
//
// Each service is looked for in this order: its TEST_* variable in the environment; its program on this machine; Docker, by
// Testcontainers; otherwise the tests that need it are skipped, which is said at the end. REQUIRE_SERVICES=1 makes a skip a failure.
// TEST_SERVICES=docker passes over the programs. Embedded PostgreSQL is always there and needs no looking for.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchLogs } from './log-secrets.mjs';
import { available, startKafka, startPostgres, startRabbitMq, startRedis } from './services/services.mjs';

const services = {
  postgres: {
    variable: 'TEST_POSTGRES_URL',
    program: async () => field(await startPostgres(), 'url'),
    container: async ({ GenericContainer, Wait }) => {
      const container = await new GenericContainer('postgres:18')
        .withEnvironment({ POSTGRES_PASSWORD: 'postgres' })
        .withExposedPorts(5432)
        // While the image initialises, its server listens on a socket file alone.
        .withWaitStrategy(Wait.forListeningPorts())
        .start();
      return address(container, (host) => `postgres://postgres:postgres@${host}/postgres`, 5432);
    },
  },
  rabbitmq: {
    variable: 'TEST_RABBITMQ_URL',
    program: async () => field(await startRabbitMq(), 'url'),
    container: async ({ GenericContainer, Wait }) => {
      const container = await new GenericContainer('rabbitmq:4-management')
        .withExposedPorts(5672)
        .withWaitStrategy(Wait.forLogMessage(/Server startup complete/))
        .start();
      return address(container, (host) => `amqp://guest:guest@${host}/`, 5672);
    },
  },
  redis: {
    variable: 'TEST_REDIS_URL',
    program: async () => field(await startRedis(), 'url'),
    container: async ({ GenericContainer }) =>
      address(await new GenericContainer('redis:8').withExposedPorts(6379).start(), (host) => `redis://${host}`, 6379),
  },
  kafka: {
    variable: 'TEST_KAFKA_BROKERS',
    program: async () => field(await startKafka(), 'brokers'),
    container: async ({ GenericContainer, Wait }) => {
      // Kafka tells its clients where to find it, so its outside port must be known before it starts.
      const host = await freePort();
      const container = await new GenericContainer('apache/kafka:4.1.1')
        .withEnvironment({
          KAFKA_NODE_ID: '1',
          KAFKA_PROCESS_ROLES: 'broker,controller',
          KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${host}`,
          KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
          KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
          KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
          KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
          KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
          KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        })
        .withExposedPorts({ container: 9092, host })
        .withWaitStrategy(Wait.forListeningPorts())
        .start();
      return address(container, (at) => at, 9092);
    },
  },
};

const args = process.argv.slice(2);
const jest = new URL('../node_modules/jest/bin/jest.js', import.meta.url).pathname;
const started = [];
const missing = [];
process.exitCode = 1; // until jest says otherwise

const onlyUnits = args.some((arg) => /\bunit\b/.test(arg));
if (!onlyUnits) await Promise.all(Object.entries(services).map(([name, service]) => provide(name, service)));
if (missing.length > 0 && process.env.REQUIRE_SERVICES === '1') {
  console.error(`REQUIRE_SERVICES=1, but there is no ${missing.join(', no ')}`);
  await stopAll();
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {}); // jest gets it too and ends; then we clean up
const passedOver = suitesWithoutBroker().map((pattern) => `--testPathIgnorePatterns=${pattern}`);
process.env.FERRY_TEST_RECORD = mkdtempSync(join(tmpdir(), 'ferry-test-record-'));
const code = await run(process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  jest,
  ...args,
  ...passedOver,
]);
await stopAll();
if (missing.length > 0)
  console.error(
    `\nSKIPPED: every test that needs ${missing.join(', ')} (neither in the environment, nor on this machine, nor in Docker).`,
  );
const leaked = tellsSecrets(process.env.FERRY_TEST_RECORD);
process.exit(code === 0 && leaked ? 1 : code);

/** True if any process of the run logged a secret, or if a run of everything left nothing in which to look for one. */
function tellsSecrets(directory) {
  const { streams, lines, secrets, leaks } = searchLogs(directory);
  const blind = args.every((arg) => arg.startsWith('-')) && (lines === 0 || secrets === 0);
  for (const leak of leaks) console.error(`LOGGED: ${leak}`);
  console.error(`\n${lines} log lines of ${streams} streams hold ${leaks.length} of ${secrets} secrets of the tests.`);
  if (blind) console.error('So this run proves nothing: no process or no secret was recorded.');
  if (leaks.length === 0) rmSync(directory, { recursive: true, force: true });
  else console.error(`They are in ${directory}.`);
  return leaks.length > 0 || blind;
}

/** RabbitMQ's own suites: all need a broker, `outages` one whose program is here to be killed. The others skip by themselves. */
function suitesWithoutBroker() {
  const ignored = ['/node_modules/', '/dist/']; // as jest.config.ts has them: the option replaces those
  if (onlyUnits || missing.includes('rabbitmq')) return [...ignored, 'adapters/rabbitmq/tests/.*[.]int[.]'];
  return available().rabbitmq ? [] : [...ignored, 'adapters/rabbitmq/tests/outages[.]int[.]'];
}

async function provide(name, { variable, program, container }) {
  if (process.env[variable]) return;
  try {
    const onMachine = process.env.TEST_SERVICES !== 'docker' && available()[name];
    const found = onMachine ? await program() : await inDocker(container);
    if (!found) return void missing.push(name);
    process.env[variable] = found.address;
    started.push(found);
  } catch (error) {
    console.error(`${name} did not start: ${error.message}`);
    missing.push(name);
  }
}

async function inDocker(container) {
  const engine = await new Promise((resolve) =>
    spawn('docker', ['info'], { stdio: 'ignore' })
      .on('error', () => resolve(false))
      .on('exit', (status) => resolve(status === 0)),
  );
  return engine ? container(await import('testcontainers')) : undefined;
}

function field(service, name) {
  return { address: service[name], stop: () => service.stop() };
}

function address(container, url, port) {
  return { address: url(`${container.getHost()}:${container.getMappedPort(port)}`), stop: () => container.stop() };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function stopAll() {
  await Promise.allSettled(started.map(({ stop }) => stop()));
}

function run(file, argv) {
  return new Promise((resolve) => {
    spawn(file, argv, { stdio: 'inherit' }).on('exit', (status) => resolve(status ?? 1));
  });
}
