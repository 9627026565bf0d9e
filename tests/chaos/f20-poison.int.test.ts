import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newTraceparent, silentLogger, sleep, Stalls } from '@ferry/kernel';
import type { Payment, PaymentState, Rail, Settlement } from '@ferry/payments';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { verifyInvariants } from '@ferry/postgres';
import { T } from '@ferry/wiring';
import { startWorker } from '@ferry/worker';
import { makeEngine, uniqueName, type TestEngine } from '../harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

/** RELIABILITY.md F20: 100 poisonous payments among 10,000, on a real RabbitMQ. */
const PAYMENTS = 10_000;
const POISON = 100;
const ATTEMPTS_MAX = 3;
const DELAY_MAX_MS = 5_000;
const PATIENCE_MS = 120_000;
const url = process.env.TEST_RABBITMQ_URL;

(url ? describe : describe.skip)('F20', () => {
  let server: TestServer;
  let database: TestDatabase;
  let engine: TestEngine;
  let queue: RabbitMqPaymentQueue;
  let mended = false;
  const isPoison = ({ reference }: PaymentState): boolean => reference.startsWith('poison');
  const notUsed = (): never => {
    throw new Error('not used');
  };
  const rail: Rail = {
    name: 'simulated',
    decideAtOnce(payment): Settlement {
      if (isPoison(payment) && !mended) throw new Error('the rail chokes on this payment');
      return { outcome: 'succeeded' };
    },
    send: notUsed,
    ask: notUsed,
  };

  beforeAll(async () => {
    server = await (postgresServers[0] as (typeof postgresServers)[number])[1]();
    database = await makeDatabase(server);
    const environment = {
      RETRY_BASE_MS: '500',
      RETRY_MAX_MS: '1000',
      ATTEMPTS_MAX: String(ATTEMPTS_MAX),
      SWEEP_GRACE_MS: '60000',
    };
    engine = makeEngine(database, { ...environment, RABBITMQ_URL: url as string });
    queue = new RabbitMqPaymentQueue({ url: url as string, queueName: uniqueName('f20'), logger: silentLogger });
    engine.lifecycle.onClose('rabbitmq', () => queue.close());
    engine.container.rebind(T.PaymentQueue).toConstantValue(queue);
    engine.container.rebind(T.DeadLetters).toConstantValue(queue);
    engine.container.rebind(T.Rails).toConstantValue(new Map([[rail.name, rail]]));
    while ((await queue.depth()) === undefined) await sleep(50);
    await startWorker(engine.container);
  });
  afterAll(async () => {
    await engine?.close();
    await database?.close();
    await server?.close();
  });

  const statuses = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (
        await database.query<{ key: string; count: number }>(
          `select case when reference like 'poison%' then 'poison ' else '' end || status as key, count(*)::int as count
           from payments.payments group by 1`,
        )
      ).map(({ key, count }) => [key, count]),
    );
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await what())) {
      if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(await statuses())}`);
      await sleep(100);
    }
  };

  test(
    'poison ends in the dead letters after its tries, delays nobody, and can be replayed',
    async () => {
      const stalls = Stalls.watch();
      const begun = performance.now();
      const createPayments = engine.container.get(T.CreatePayments);
      const origin = { correlationId: 'f20', traceparent: newTraceparent() };
      const respond = (payment: Payment): string => payment.id;
      for (let start = 0; start < PAYMENTS; start += 200) {
        const outcomes = await createPayments.execute(
          Array.from({ length: 200 }, (_, i) => ({
            instruction: {
              tenantId: 'default',
              businessUnitId: 'default',
              kind: 'PAYMENT' as const,
              rail: 'simulated',
              money: { amountMinor: 100n, currency: 'XAF' as never },
              reference: `${(start + i) % (PAYMENTS / POISON) === 0 ? 'poison' : 'good'}-${start + i}`,
              metadata: {},
              origin,
            },
            respond,
          })),
        );
        expect(outcomes.every(({ outcome }) => outcome === 'created')).toBe(true);
      }
      const creatingMs = performance.now() - begun;
      await until(async () => (await statuses()).SUCCESS === PAYMENTS - POISON);
      const stalledMs = stalls.between(begun, performance.now());
      stalls.stop();
      const [slowest] = await database.query<{ ms: number }>(
        `select max(extract(epoch from updated_at - created_at) * 1000)::int as ms from payments.payments where status = 'SUCCESS'`,
      );
      await until(async () => (await queue.count()) === POISON);
      const parked = await database.query(
        `select distinct status, attempts, next_attempt_at, attention from payments.payments where reference like 'poison%'`,
      );
      expect(parked).toEqual([
        {
          status: 'PENDING',
          attempts: ATTEMPTS_MAX,
          next_attempt_at: null,
          attention: 'rail simulated: the rail chokes on this payment',
        },
      ]);
      // A machine that needs long to make them needs about as long to process them, poison or not: it would add minutes.
      expect(slowest?.ms).toBeLessThan(DELAY_MAX_MS + creatingMs + stalledMs);

      mended = true;
      const report = await engine.container.get(T.ReplayDeadLetters).run(10_000);
      expect(report).toEqual({ payments: POISON, replayed: POISON, kept: 0, dropped: 0 });
      await until(async () => (await statuses())['poison SUCCESS'] === POISON);
      expect(await queue.count()).toBe(0);
      const invariants = await verifyInvariants(database.app, database.sweeper);
      expect(invariants.filter(({ broken }) => broken > 0)).toEqual([]);
      process.stderr.write(
        `F20: ${PAYMENTS} payments, ${POISON} poisonous: all dead-lettered after ${ATTEMPTS_MAX} tries and replayed; ` +
          `the slowest of the others took ${slowest?.ms} ms\n`,
      );
    },
    4 * PATIENCE_MS,
  );
});
