import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { anInstruction, eventually } from '@ferry/payments/testing';
import { T } from '@ferry/wiring';
import { startWorker } from '@ferry/worker';
import kafkajs from 'kafkajs';
import { readTopic } from '../../apps/cli/src/torture/kafka-events.js';
import { startKafka, type KafkaService } from '../../scripts/services/services.mjs';
import { say } from '../harness/cluster.js';
import { makeEngine, type TestEngine } from '../harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';
import { describeWithOwn } from '../harness/services.js';

/** docs/adr/0011: a topic whose limit lies between the events of most payments and those of one. */
const TOPIC = 'payment.events';
const LIMIT_BYTES = 4_000;
const LARGE = 'x'.repeat(5_000);
const OTHERS = 200;
const PARKED_MS_MAX = 60_000;

describeWithOwn(['kafka'], 'an event too large for its topic', () => {
  let server: TestServer;
  let database: TestDatabase;
  let kafka: KafkaService;
  let engine: TestEngine;
  let admin: kafkajs.Admin;

  beforeAll(async () => {
    [server, kafka] = await Promise.all([(postgresServers[0] as (typeof postgresServers)[number])[1](), startKafka()]);
    database = await makeDatabase(server);
    const brokers = kafka.brokers.split(',');
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: String(LIMIT_BYTES) }];
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 3, configEntries }] });
    engine = makeEngine(database, { KAFKA_BROKERS: kafka.brokers, SIMULATED_SUCCESS_RATE: '1' });
    await startWorker(engine.container);
  });
  afterAll(async () => {
    await engine?.close();
    await admin?.disconnect();
    await database?.close();
    await Promise.allSettled([server?.close(), kafka?.stop()]);
  });

  const create = async (metadata: Record<string, string>[]): Promise<string[]> => {
    const commands = metadata.map((one) => ({ instruction: anInstruction({ metadata: one }), respond: () => '' }));
    const outcomes = await engine.container.get(T.CreatePayments).execute(commands);
    return outcomes.map((outcome) => (outcome.outcome === 'created' ? outcome.payment.id : outcome.outcome));
  };
  const settled = async (): Promise<number> => {
    const started = performance.now();
    const outbox = engine.container.get(T.Outbox);
    while ((await outbox.lag(1)).waiting > 0 && performance.now() - started < PARKED_MS_MAX) await sleep(50);
    return performance.now() - started;
  };
  const open = async (): Promise<number> =>
    (await database.query(`select from payments.payments where status not in ('SUCCESS', 'FAILED')`)).length;
  const versions = async (): Promise<ReadonlyMap<string, number[]>> => {
    const told = Map.groupBy(await readTopic(kafka.brokers), ({ paymentId }) => paymentId);
    return new Map([...told].map(([id, events]) => [id, [...new Set(events.map(({ version }) => version))]]));
  };

  test('its payment is parked, all others are told; after a replay it is told whole', async () => {
    const [large = '', ...others] = await create([{ note: LARGE }, ...Array.from({ length: OTHERS }, () => ({}))]);
    await eventually('all have ended', async () => (await open()) === 0); // else there is more to tell than is waiting now
    const tookMs = await settled();
    const outbox = engine.container.get(T.Outbox);
    expect(await outbox.parked(10)).toBe(1);
    const before = await versions();
    expect(others.filter((id) => before.get(id)?.join() !== '1,2')).toEqual([]);
    expect(before.get(large)).toBeUndefined();
    const [row] = await database.query('select aggregate_id, attention from messaging.parked_aggregates');
    expect(row).toMatchObject({ aggregate_id: large, attention: expect.stringContaining('max.message.bytes') });

    const configEntries = [{ name: 'max.message.bytes', value: '1000000' }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: TOPIC, configEntries }],
    });
    expect(await outbox.replay(10)).toBe(1);
    // The broker may heed its new limit a moment after it has said yes: what it refuses until then is parked again.
    await eventually('it is told', async () => {
      await settled();
      return (await outbox.replay(10)) === 0;
    });
    expect((await versions()).get(large)).toEqual([1, 2]);
    expect(await outbox.parked(10)).toBe(0);
    say(
      'event too large',
      `1 payment parked, ${OTHERS} others told within ${Math.round(tookMs)} ms; told whole after a replay`,
    );
  }, 240_000);
});
