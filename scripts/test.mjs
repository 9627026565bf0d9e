// Runs the tests beside real services: `npm test [-- JEST ARGS...]`.
//
// Each service is looked for in this order: its TEST_* variable in the environment; its program on this machine; Docker, by
// Testcontainers; otherwise the tests that need it are skipped, which is said at the end. REQUIRE_SERVICES=1 makes a skip a failure.
// Embedded PostgreSQL is always there and needs no looking for.
import { spawn } from 'node:child_process';
import { available, startKafka, startPostgres, startRabbitMq, startRedis } from './services/services.mjs';

const services = {
  postgres: {
    variable: 'TEST_POSTGRES_URL',
    program: async () => field(await startPostgres(), 'url'),
    container: async ({ GenericContainer, Wait }) => {
      const container = await new GenericContainer('postgres:18')
        .withEnvironment({ POSTGRES_PASSWORD: 'postgres' })
        .withExposedPorts(5432)
        .withWaitStrategy(Wait.forLogMessage('database system is ready to accept connections', 2))
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
  // Kafka tells its clients where to find it, so a container would have to know its outside port before it starts.
  kafka: { variable: 'TEST_KAFKA_BROKERS', program: async () => field(await startKafka(), 'brokers') },
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
const code = await run(process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  jest,
  ...args,
]);
await stopAll();
if (missing.length > 0)
  console.error(
    `\nSKIPPED: every test that needs ${missing.join(', ')} (neither in the environment, nor on this machine, nor in Docker).`,
  );
process.exit(code);

async function provide(name, { variable, program, container }) {
  if (process.env[variable]) return;
  try {
    const found = available()[name] ? await program() : await inDocker(container);
    if (!found) return void missing.push(name);
    process.env[variable] = found.address;
    started.push(found);
  } catch (error) {
    console.error(`${name} did not start: ${error.message}`);
    missing.push(name);
  }
}

async function inDocker(container) {
  if (!container) return undefined;
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

async function stopAll() {
  await Promise.allSettled(started.map(({ stop }) => stop()));
}

function run(file, argv) {
  return new Promise((resolve) => {
    spawn(file, argv, { stdio: 'inherit' }).on('exit', (status) => resolve(status ?? 1));
  });
}
