import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stopwatch } from '@ferry/kernel';
import { anInstruction, eventually } from '@ferry/payments/testing';
import { RabbitMqPaymentQueue } from '@ferry/rabbitmq';
import { T } from '@ferry/wiring';
import { startWorker } from '@ferry/worker';
import { makeBacklog } from '../harness/backlog.js';
import { say, sized } from '../harness/cluster.js';
import { makeEngine, uniqueName, type TestEngine } from '../harness/engine.js';
import { quantile } from '../harness/load.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';
import { addressOf } from '../harness/services.js';

const QUIET = 'quiet';
const SINGLES = sized(20, 100);
const PREFETCH = 100;
const DEPTH_MAX = 2_000;
/** What is in hand, what has been delivered meanwhile, and what was settled before anybody was told of it. */
const IN_WORKER = 3 * PREFETCH;

interface Single {
  readonly ms: number;
  /** How many payments of others ended between its creation and its end. */
  readonly others: number;
}

/** `aheadMax`: what the design lets stand before the one payment of a tenant while backlogs of others are worked off. */
const queues = [
  { on: 'in process', url: undefined, aheadMax: IN_WORKER },
  ...(addressOf('rabbitmq')
    ? [{ on: 'on RabbitMQ', url: addressOf('rabbitmq'), aheadMax: DEPTH_MAX / 2 + IN_WORKER }]
    : []),
];

describe.each(queues)('payments of one tenant, $on', ({ on, url, aheadMax }) => {
  let server: TestServer;
  let database: TestDatabase;
  let engine: TestEngine;
  let ended: Map<string, number>;

  beforeEach(async () => {
    server = await (postgresServers[0] as (typeof postgresServers)[number])[1]();
    database = await makeDatabase(server);
    await database.addTenant(QUIET);
    engine = makeEngine(database, {
      QUEUE_DEPTH_MAX: String(DEPTH_MAX),
      WORKER_PREFETCH: String(PREFETCH),
      ...(url && { RABBITMQ_URL: url }),
    });
    if (url) await useQueueOfItsOwn(url);
    ended = new Map();
    engine.container
      .get(T.PaymentSignals)
      .listen((all) => all.forEach(({ paymentId }) => ended.set(paymentId, ended.size)));
  }, 120_000);
  afterEach(async () => {
    await engine?.close();
    await database?.close();
    await server?.close();
  }, 120_000);

  async function useQueueOfItsOwn(address: string): Promise<void> {
    const queue = new RabbitMqPaymentQueue({ url: address, queueName: uniqueName('fairness') });
    engine.lifecycle.onClose('rabbitmq', () => queue.close());
    engine.container.rebind(T.PaymentQueue).toConstantValue(queue);
    engine.container.rebind(T.DeadLetters).toConstantValue(queue);
    await eventually('the queue knows what stands in it', () => queue.ahead(QUIET) !== undefined);
  }

  async function one(): Promise<Single> {
    const tookMs = stopwatch();
    const command = { instruction: anInstruction({ tenantId: QUIET }), respond: () => '' };
    const [created] = await engine.container.get(T.CreatePayments).execute([command]);
    if (created?.outcome !== 'created') throw new Error(`not created: ${created?.outcome}`);
    const before = ended.size;
    await untilEnded(created.payment.id);
    return { ms: tookMs(), others: Math.max(0, (ended.get(created.payment.id) as number) - before) };
  }

  async function untilEnded(paymentId: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen = (): void => {
      if (ended.has(paymentId)) resolve();
    };
    const stop = engine.container.get(T.PaymentSignals).listen(seen);
    seen();
    await promise;
    stop();
  }

  /** One after the other, at most so many, while `goesOn`. */
  async function singles(goesOn: () => boolean = () => true): Promise<readonly Single[]> {
    const all: Single[] = [];
    while (all.length < SINGLES && goesOn()) all.push(await one());
    return all;
  }

  const told = (all: readonly Single[]): string => {
    const [ms, others] = [all.map((each) => each.ms), all.map((each) => each.others)];
    return `${all.length} singles, p50 ${quantile(ms, 0.5).toFixed(0)} ms, max ${Math.max(...ms).toFixed(0)} ms, behind at most ${Math.max(...others)} others`;
  };

  test.each([
    { what: 'one tenant with a backlog', tenants: 1, paymentsEach: sized(30_000, 500_000) },
    { what: 'many tenants with a backlog', tenants: sized(200, 1_000), paymentsEach: sized(100, 500) },
  ])(
    'wait for few of $what',
    async ({ what, tenants, paymentsEach }) => {
      await startWorker(engine.container);
      const alone = await singles();
      const names = Array.from({ length: tenants }, (_, i) => `busy-${String(i).padStart(4, '0')}`);
      await makeBacklog(database, names, paymentsEach);
      const total = ended.size + tenants * paymentsEach;
      const [started, took] = [ended.size, stopwatch()];
      await eventually('the backlog is worked off', () => ended.size > started + PREFETCH, 60_000);
      const beside = await singles(() => ended.size < total - 2 * DEPTH_MAX);
      const rate = ((ended.size - started) / took()) * 1_000;
      say(
        'fairness',
        `${on}, ${what} (${tenants} x ${paymentsEach}, ${rate.toFixed(0)}/s): alone ${told(alone)}; beside ${told(beside)}`,
      );
      expect(beside.length).toBeGreaterThanOrEqual(5);
      expect(Math.max(...beside.map(({ others }) => others))).toBeLessThanOrEqual(aheadMax);
    },
    sized(180_000, 1_800_000),
  );

  test('wait for few of one that sends more than can be worked off', async () => {
    await startWorker(engine.container);
    const alone = await singles();
    await database.addTenant('busy');
    const stop = new AbortController();
    const flooding = Promise.all([flood(stop.signal), flood(stop.signal)]);
    const took = stopwatch();
    await eventually(
      'more has come than stands in a full queue',
      async () => (await waiting()) > 2 * DEPTH_MAX,
      60_000,
    );
    const started = ended.size;
    const beside = await singles();
    const backlog = await waiting();
    stop.abort();
    await flooding;
    say(
      'fairness',
      `${on}, one that sends all the time (${backlog} wait after ${(took() / 1_000).toFixed(0)} s): alone ${told(alone)}; beside ${told(beside)}`,
    );
    expect(ended.size).toBeGreaterThan(started + beside.length); // the other one goes on too
    expect(Math.max(...beside.map(({ others }) => others))).toBeLessThanOrEqual(aheadMax + (url ? DEPTH_MAX / 2 : 0));
  }, 120_000);

  async function flood(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const commands = Array.from({ length: 200 }, () => ({
        instruction: anInstruction({ tenantId: 'busy' }),
        respond: () => '',
      }));
      await engine.container.get(T.CreatePayments).execute(commands);
    }
  }

  const waiting = async (): Promise<number> =>
    (
      await database.query<{ n: number }>(`select count(*)::int as n from payments.payments where sweep_at is not null`)
    )[0]?.n ?? 0;
});
