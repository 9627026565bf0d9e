import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sleep, type Clock } from '@ferry/kernel';
import { anInstruction } from '@ferry/payments/testing';
import { verifyInvariants } from '@ferry/postgres';
import { T } from '@ferry/wiring';
import { startWorker } from '@ferry/worker';
import { say, sized } from '../harness/cluster.js';
import { makeEngine, type TestEngine } from '../harness/engine.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

/** RELIABILITY.md F14 on PostgreSQL: the whole engine under a clock that jumps by an hour every now and then. */
const HOUR_MS = 3_600_000;
const PAYMENTS = sized(600, 5_000);
const JUMP_EVERY_MS = 150;
const BATCH = 20;
const jumps = [0, HOUR_MS, 0, -HOUR_MS, HOUR_MS, -HOUR_MS];

class JumpingClock implements Clock {
  wrongByMs = 0;
  now(): Date {
    return new Date(Date.now() + this.wrongByMs);
  }
}

describe.each(postgresServers)('F14 on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let engine: TestEngine;
  const clock = new JumpingClock();

  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
    // A server in a place with summer time must not matter.
    await database.query(`alter database ${database.name} set timezone = 'Europe/Berlin'`);
    engine = makeEngine(database, {
      SIMULATED_LATENCY: 'uniform',
      SIMULATED_LATENCY_MIN_MS: '5',
      SIMULATED_LATENCY_P50_MS: '10',
      SIMULATED_LATENCY_MAX_MS: '30',
      SIMULATED_SUCCESS_RATE: '1',
      SWEEP_GRACE_MS: '500',
      SWEEP_INTERVAL_MS: '50',
    });
    engine.container.rebind(T.Clock).toConstantValue(clock);
    await startWorker(engine.container);
  });
  afterAll(async () => {
    await engine?.close();
    await database?.close();
    await server?.close();
  });

  const count = async (what: string): Promise<number> =>
    (await database.query<{ count: number }>(`select count(*)::int as count from ${what}`))[0]?.count ?? Number.NaN;

  test('every payment ends once, every event is told, and nothing waits when the clock is right again', async () => {
    const createPayments = engine.container.get(T.CreatePayments);
    let jumped = 0;
    const jumping = setInterval(() => {
      clock.wrongByMs = jumps[(jumped += 1) % jumps.length] as number;
    }, JUMP_EVERY_MS);
    try {
      for (let i = 0; i < PAYMENTS; i += BATCH) {
        const commands = Array.from({ length: BATCH }, () => ({ instruction: anInstruction(), respond: () => '' }));
        const outcomes = await createPayments.execute(commands);
        expect(outcomes.every(({ outcome }) => outcome === 'created')).toBe(true);
        await sleep(50);
      }
    } finally {
      clearInterval(jumping);
    }
    // Right again, and far enough on that every instant noted by a wrong clock has passed.
    clock.wrongByMs = 3 * HOUR_MS;
    const deadline = performance.now() + 120_000;
    const open = `payments.payments where status in ('PENDING', 'PROCESSING')`;
    while (((await count(open)) > 0 || (await count('messaging.outbox')) > 0) && performance.now() < deadline)
      await sleep(50);
    say('F14', `${PAYMENTS} payments on PostgreSQL under ${jumped} jumps by an hour or two`);
    expect(await count(open)).toBe(0);
    expect(await count('messaging.outbox')).toBe(0);
    expect(await count(`payments.payment_history where to_status = 'SUCCESS'`)).toBe(PAYMENTS);
    const invariants = await verifyInvariants(database.app, database.sweeper);
    expect(invariants.filter(({ broken }) => broken > 0)).toEqual([]);
  }, 240_000);

  test.each([
    '2028-02-29T23:30:00.000Z',
    '2026-03-29T00:30:00.000Z',
    '2026-10-25T00:30:00.000Z',
    '2026-12-31T23:30:00.000Z',
  ])('partitions made at %s begin and end with months of UTC, without a gap', async (at) => {
    await engine.container.get(T.Maintenance).makePartitions(new Date(at));
    const bounds = await database.query<{ low: string; high: string }>(
      `select substring(bound from 'FROM \\(''([0-9a-f-]+)') as low, substring(bound from 'TO \\(''([0-9a-f-]+)') as high
         from (select pg_get_expr(c.relpartbound, c.oid) as bound from pg_class c join pg_inherits i on i.inhrelid = c.oid
               where i.inhparent = 'payments.payments'::regclass) b where bound <> 'DEFAULT' order by 1`,
    );
    const timeOf = (id: string): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
    for (const { low, high } of bounds) {
      const [from, to] = [timeOf(low), timeOf(high)];
      expect(from.toISOString()).toMatch(/-01T00:00:00\.000Z$/);
      expect(to.getTime()).toBe(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
    }
    expect(bounds.some(({ low, high }) => timeOf(low) <= new Date(at) && timeOf(high) > new Date(at))).toBe(true);
  });
});
