import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { Kafka, logLevel } from 'kafkajs';
import {
  startKafka,
  startPostgres,
  startRabbitMq,
  startRedis,
  type KafkaService,
  type UrlService,
} from '../../scripts/services/services.mjs';
import { Client } from '../harness/client.js';
import { FerryProcess, runCommand, startServer } from '../harness/ferry.js';
import { describeWithOwn } from '../harness/services.js';

/** Every part is killed or away once, under load: nothing accepted is lost or done twice, the others wait, reconnect and say so. */
const CLIENTS = 20;
/** Between two blows; RabbitMQ must have had a second after declaring its queues, or it forgets them (rabbitmq 3.10). */
const CALM_MS = 2_000;
const SETTLE_TIMEOUT_MS = 60_000;

describeWithOwn(['postgres', 'rabbitmq', 'redis', 'kafka'], 'outages', () => {
  let postgres: UrlService;
  let rabbitmq: UrlService;
  let redis: UrlService;
  let kafka: KafkaService;
  const environment: Record<string, string> = {};
  let api: Awaited<ReturnType<typeof startServer>>;
  const workers: FerryProcess[] = [];
  const logs: FerryProcess[] = [];

  beforeAll(async () => {
    [postgres, rabbitmq, redis, kafka] = await Promise.all([
      startPostgres(),
      startRabbitMq(),
      startRedis(),
      startKafka(),
    ]);
    const migration = {
      MIGRATION_DATABASE_URL: postgres.url,
      FERRY_APP_PASSWORD: 'app',
      FERRY_SWEEPER_PASSWORD: 'sweeper',
    };
    expect((await runCommand(['migrate'], migration)).code).toBe(0);
    const login = (username: string, password: string): string =>
      Object.assign(new URL(postgres.url), { username, password }).toString();
    Object.assign(environment, {
      DATABASE_URL: login('ferry_app', 'app'),
      DATABASE_SWEEPER_URL: login('ferry_sweeper', 'sweeper'),
      RABBITMQ_URL: rabbitmq.url,
      REDIS_URL: redis.url,
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_PARTITIONS: '3',
      SWEEP_GRACE_MS: '2000',
    });
    api = await startApi();
    await Promise.all([startWorker(), startWorker()]);
  }, 90_000);
  afterAll(async () => {
    await Promise.allSettled([api?.kill(), ...workers.map((worker) => worker.kill())]);
    await Promise.allSettled([postgres, rabbitmq, redis, kafka].map((service) => service?.stop()));
  }, 60_000);

  /** On the same port again after a kill, so that clients find it. */
  async function startApi(port = '0'): Promise<typeof api> {
    const started = await startServer('api', { ...environment, PORT: port });
    logs.push(started);
    return started;
  }
  async function startWorker(): Promise<void> {
    const worker = new FerryProcess('worker', [], environment);
    await worker.said('worker runs');
    workers.push(worker);
    logs.push(worker);
  }

  test('each part in turn is killed or away under load', async () => {
    const url = api.url;
    const accepted = new Map<string, string>();
    let busy = true;
    let unavailable = 0;
    let broken = 0;
    /** A client that retries with its key until it has an answer, as a careful client does. */
    const run = async (number: number): Promise<void> => {
      const client = new Client(url, 1);
      for (let i = 0; busy; i += 1) {
        const reference = `outage-${number}-${i}`;
        for (;;) {
          const reply = await client.pay(reference, {}, { 'Idempotency-Key': reference }).catch(() => undefined);
          if (reply?.status === 201 || reply?.status === 200) {
            accepted.set(reference, reply.body.id);
            break;
          }
          if (reply === undefined) broken += 1;
          else if (reply.status === 503) unavailable += 1;
          else throw new Error(`${reply.status} ${reply.text}`);
          await sleep(100);
        }
        await sleep(20);
      }
      client.close();
    };
    const clients = Array.from({ length: CLIENTS }, (_, number) => run(number));
    const blows: [string, () => Promise<void>][] = [
      ['a worker is killed', async () => void (await Promise.all([workers.shift()?.kill(), startWorker()]))],
      [
        'RabbitMQ is killed, away for 3 s',
        async () => {
          await rabbitmq.kill();
          await sleep(3_000);
          await rabbitmq.restart();
        },
      ],
      [
        'the api is killed',
        async () => {
          const { port } = new URL(url);
          await api.kill();
          api = await startApi(port);
        },
      ],
      [
        'Kafka is killed, away for 5 s',
        async () => {
          await kafka.kill();
          await sleep(5_000);
          await kafka.restart();
        },
      ],
      [
        'PostgreSQL is killed, away for 2 s',
        async () => {
          await postgres.kill();
          await sleep(2_000);
          await postgres.restart();
        },
      ],
      [
        'Redis is killed',
        async () => {
          await redis.kill();
          await redis.restart();
        },
      ],
    ];
    for (const [what, strike] of blows) {
      await sleep(CALM_MS);
      const before = accepted.size;
      await strike();
      process.stderr.write(`outages: ${what}; ${accepted.size - before} payments accepted meanwhile\n`);
    }
    await sleep(CALM_MS);
    busy = false;
    await Promise.all(clients);

    const client = new Client(url);
    const statuses = new Map<string, number>();
    const deadline = performance.now() + SETTLE_TIMEOUT_MS;
    for (const id of accepted.values()) {
      let status = 'PENDING';
      while (status === 'PENDING' || status === 'PROCESSING') {
        if (performance.now() > deadline) throw new Error(`${id} is still ${status}`);
        status = (await client.get(`/api/v1/payments/${id}?wait=10`)).body.status;
      }
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect((await client.get('/health/ready')).status).toBe(200);
    client.close();

    const told = await readEvents(kafka.brokers, accepted);
    process.stderr.write(
      `outages: ${accepted.size} accepted, all ended (${[...statuses].map(([status, count]) => `${count} ${status}`).join(', ')}), ` +
        `${unavailable} answers 503, ${broken} broken connections, ${told.duplicates} duplicate events of ${told.records}\n`,
    );
    expect(told.faults).toEqual([]);
    const verify = await runCommand(['verify'], environment);
    expect(verify.output).toContain('all invariants hold');
    for (const message of ['postgres is away', 'postgres is back'])
      expect(logs.some(({ lines }) => lines.some((line) => line.message === message))).toBe(true);
  }, 240_000);
});

interface Told {
  readonly records: number;
  readonly duplicates: number;
  readonly faults: readonly string[];
}

/** Reads the whole topic: every payment has version 1 and one ending, first seen in order and without a gap. */
async function readEvents(brokers: string, accepted: ReadonlyMap<string, string>): Promise<Told> {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'outages', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `outages-${Date.now()}` });
  const seen = new Map<string, { version: number; types: string[]; ids: Set<string> }>();
  const faults: string[] = [];
  let records = 0;
  let duplicates = 0;
  await consumer.connect();
  await consumer.subscribe({ topic: 'payment.events', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      records += 1;
      const event = JSON.parse(String(message.value)) as { event_id: string; event_type: string; version: number };
      const key = String(message.key);
      const known = seen.get(key) ?? { version: 0, types: [], ids: new Set<string>() };
      seen.set(key, known);
      if (event.version <= known.version) {
        duplicates += 1;
        if (!known.ids.has(event.event_id)) faults.push(`${key} has two events of version ${event.version}`);
        return;
      }
      if (event.version !== known.version + 1) faults.push(`${key} jumps from ${known.version} to ${event.version}`);
      known.version = event.version;
      known.types.push(event.event_type);
      known.ids.add(event.event_id);
    },
  });
  const complete = (id: string): boolean => /succeeded|failed/.test(seen.get(id)?.types.at(-1) ?? '');
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  while (![...accepted.values()].every(complete) && performance.now() < deadline) await sleep(200);
  await consumer.disconnect();
  for (const id of accepted.values()) {
    if (!complete(id)) faults.push(`${id} was not told: ${seen.get(id)?.types.join(', ')}`);
    const endings = seen.get(id)?.types.filter((type) => !/created|processing/.test(type)) ?? [];
    if (endings.length > 1) faults.push(`${id} ended ${endings.length} times`);
  }
  return { records, duplicates, faults };
}
