import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { anInstruction } from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { T } from '@ferry/wiring';
import { startWorker } from '@ferry/worker';
import { makeEngine, uniqueName, type TestEngine } from '../harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';
import { addressOf, describeWith } from '../harness/services.js';

/** A backlog waits in PostgreSQL: the broker holds a bounded number of messages, whatever comes in. */
const PAYMENTS = 5_000;
const DEPTH_MAX = 200;
const LENGTH_MAX = 300;
/** Limits of a quorum queue are soft: it counts what it has written, so what is in flight comes on top; a slow disk makes it more. */
const SLACK = 1_500;

describeWith(['rabbitmq'], 'a backlog', () => {
  let server: TestServer;
  let database: TestDatabase;
  let engine: TestEngine;
  let queue: RabbitMqPaymentQueue;

  beforeAll(async () => {
    server = await (postgresServers[0] as (typeof postgresServers)[number])[1]();
    database = await makeDatabase(server);
    const url = addressOf('rabbitmq') as string;
    engine = makeEngine(database, {
      RABBITMQ_URL: url,
      SWEEP_GRACE_MS: '200',
      SWEEP_INTERVAL_MS: '100',
      QUEUE_DEPTH_MAX: String(DEPTH_MAX),
      QUEUE_LENGTH_MAX: String(LENGTH_MAX),
      WORKER_PREFETCH: '50',
    });
    queue = new RabbitMqPaymentQueue({ url, queueName: uniqueName('backlog'), queueLengthMax: LENGTH_MAX });
    engine.lifecycle.onClose('rabbitmq', () => queue.close());
    engine.container.rebind(T.PaymentQueue).toConstantValue(queue);
    engine.container.rebind(T.DeadLetters).toConstantValue(queue);
    while ((await queue.depth()) === undefined) await sleep(50);
  });
  afterAll(async () => {
    await engine?.close();
    await database?.close();
    await server?.close();
  });

  test('stands in PostgreSQL while nobody works, and is worked off when somebody does', async () => {
    const createPayments = engine.container.get(T.CreatePayments);
    for (let done = 0; done < PAYMENTS; done += 250) {
      const commands = Array.from({ length: 250 }, () => ({
        instruction: anInstruction({ tenantId: 'default' }),
        respond: () => '',
      }));
      const outcomes = await createPayments.execute(commands);
      expect(outcomes.every(({ outcome }) => outcome === 'created')).toBe(true);
    }
    const sweep = engine.container.get(T.SweepPayments);
    let deepest = 0;
    for (let i = 0; i < 20 || (deepest <= DEPTH_MAX / 2 && i < 500); i += 1) {
      await sweep.run();
      await sleep(100);
      deepest = Math.max(deepest, (await queue.depth()) ?? 0);
    }
    expect(deepest).toBeGreaterThan(DEPTH_MAX / 4); // the sweeper fills half
    expect(deepest).toBeLessThanOrEqual(LENGTH_MAX + SLACK);

    await startWorker(engine.container);
    const deadline = performance.now() + 120_000;
    const open = async (): Promise<number> =>
      (
        await database.query<{ open: number }>(
          `select count(*)::int as open from payments.payments where status in ('PENDING', 'PROCESSING')`,
        )
      )[0]?.open ?? -1;
    while ((await open()) > 0 && performance.now() < deadline) {
      deepest = Math.max(deepest, (await queue.depth()) ?? 0);
      await sleep(100);
    }
    expect(await open()).toBe(0);
    expect(deepest).toBeLessThanOrEqual(LENGTH_MAX + SLACK);
    const [once] = await database.query<{ ended: number }>(
      `select count(*)::int as ended from payments.payment_history where to_status in ('SUCCESS', 'FAILED')`,
    );
    expect(once?.ended).toBe(PAYMENTS);
    process.stderr.write(`backlog: ${PAYMENTS} payments, at most ${deepest} messages in RabbitMQ, all ended once\n`);
  }, 240_000);
});
