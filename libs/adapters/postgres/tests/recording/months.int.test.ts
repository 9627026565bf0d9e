import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PostgresPaymentMonths, PostgresRecordedPayments, verifyInvariants } from '@ferry/postgres';
import { MakeMonths, monthOf, plusMonths, startOfMonth, type Month } from '@ferry/recording';
import { aRecording } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { forgetReferences } from './forget-references.js';

const TENANT = 'default';

function unlessInUse(error: unknown): readonly Month[] {
  if (error instanceof Error && error.message.includes('in use')) return [];
  throw error;
}

/** Which months there are, and that no payment is lost or seen twice while they are made and dropped. */
describe.each(postgresServers)('months of recorded payments on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let months: PostgresPaymentMonths;
  let payments: PostgresRecordedPayments;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    await database?.close();
    database = await makeDatabase(server, { poolMax: 20 });
    months = new PostgresPaymentMonths(database.sweeper);
    payments = new PostgresRecordedPayments(database.app);
  });

  const listed = async (): Promise<Month[]> => (await months.list()).map(({ month }) => month);
  const record = async (...dates: string[]): Promise<void> => {
    const createdAt = new Date();
    const recordings = dates.map((date) => aRecording({ tenantId: TENANT, paymentDate: new Date(date), createdAt }));
    await payments.record(TENANT, recordings);
  };
  const countIn = async (name: string): Promise<number> => {
    const [row] = await database.query<{ count: number }>(`select count(*)::int as count from recording.${name}`);
    return row?.count ?? Number.NaN;
  };
  const make = (now: string, monthsAhead = 3, retentionMonths = 1): Promise<readonly Month[]> =>
    new MakeMonths(months, { now: () => new Date(now) }, { monthsAhead, retentionMonths }).run();

  test('at set-up there are the last one, this one and three ahead', async () => {
    const now = monthOf(new Date());
    expect(await listed()).toEqual([-1, 0, 1, 2, 3].map((count) => plusMonths(now, count)));
  });

  test.each([
    ['the end of a month', '2031-10-31T23:59:59.999Z', '2031-11-01T00:00:00.000Z', ['2031-09', '2031-10', '2031-11']],
    ['the end of a year', '2031-12-31T23:59:59.999Z', '2032-01-01T00:00:00.000Z', ['2031-11', '2031-12', '2032-01']],
    ['a leap day', '2032-02-29T23:59:59.999Z', '2032-03-01T00:00:00.000Z', ['2032-01', '2032-02', '2032-03']],
  ])('roll over at %s', async (_what, last, first, expected) => {
    expect((await make(last, 1)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expected);
    expect(await make(last, 1)).toEqual([]);
    expect(await make(first, 1)).toEqual([plusMonths(monthOf(new Date(first)), 1)]);
    await record(last, first);
    expect(await countIn(`payments_y${expected[1]?.replace('-', 'm')}`)).toBe(1);
    expect(await countIn(`payments_y${expected[2]?.replace('-', 'm')}`)).toBe(1);
    expect(await months.countStrays()).toBe(0);
  });

  test('a late payment waits in the default partition and moves when its month is made, which is then kept', async () => {
    await record('2016-02-29T12:00:00Z', '2016-03-01T00:00:00Z', '2015-12-31T23:59:59.999Z');
    expect(await months.countStrays()).toBe(3);
    expect(await months.strayMonths(2)).toEqual(['2016-03', '2016-02']);
    const now = new Date();
    await make(now.toISOString());
    expect(await months.countStrays()).toBe(0);
    expect(await countIn('payments_y2016m02')).toBe(1);
    const kept = (await months.list()).filter(({ keptUntil }) => keptUntil);
    expect(kept.map(({ month }) => month)).toEqual(['2015-12', '2016-02', '2016-03']);
    expect(kept[0]?.keptUntil).toEqual(startOfMonth(plusMonths(monthOf(now), 2)));
  });

  test('made by many at once while payments of these months are recorded, each is there once at every moment', async () => {
    const dates = Array.from({ length: 5 }, (_, i) => startOfMonth(plusMonths('2019-11', i)).toISOString());
    await record(...dates);
    let recorded = dates.length;
    let stop = false;
    const seen = async (): Promise<number> => {
      const text = 'select count(*)::int as count from recording.payments where tenant_id = $1';
      const [row] = await database.app.tenant(TENANT, (session) =>
        session.rows<{ count: number }>({ text, values: [TENANT] }),
      );
      return row?.count ?? Number.NaN;
    };
    const writers = Array.from({ length: 4 }, async () => {
      while (!stop) {
        await record(...dates);
        recorded += dates.length;
      }
    });
    const reader = (async (): Promise<string[]> => {
      const faults: string[] = [];
      while (!stop) {
        const before = recorded;
        const found = await seen();
        if (found < before) faults.push(`${found} seen, ${before} recorded before`);
      }
      return faults;
    })();
    // As maintenance does it: what could not be made is made next time.
    const makeAll = async (): Promise<Month[]> => {
      const made: Month[] = [];
      while ((await months.strayMonths(1)).length > 0)
        made.push(...(await make(new Date().toISOString()).catch(unlessInUse)));
      return made;
    };
    const made = (await Promise.all(Array.from({ length: 4 }, makeAll)).finally(() => (stop = true))).flat();
    await Promise.all(writers);
    expect(await reader).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
    expect((await listed()).slice(0, 5)).toEqual(dates.map((date) => date.slice(0, 7)));
    expect(await seen()).toBe(recorded);
    expect(await months.countStrays()).toBe(0);
  });

  test('while somebody holds on to the payments it gives up, leaves nothing behind, and does it later', async () => {
    await record('2016-02-29T12:00:00Z');
    const [looked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const reading = database.app.tenant(TENANT, async (session) => {
      // The making tries for 9 s; a login may be idle for 10 only.
      await session.query({ text: `set local idle_in_transaction_session_timeout = '60s'` });
      await session.query({ text: 'select from recording.payments where tenant_id = $1', values: [TENANT] });
      looked.resolve();
      await held.promise;
    });
    await looked.promise;
    const making = expect(months.make('2016-02')).rejects.toThrow(/in use/);
    await record(new Date().toISOString());
    await making;
    held.resolve();
    await reading;
    expect(await months.countStrays()).toBe(1);
    expect(await months.make('2016-02')).toBe(true);
    expect(await months.make('2016-02')).toBe(false);
    expect(await months.countStrays()).toBe(0);
  });

  describe('drop', () => {
    const condition = { now: new Date(), retentionMonths: 12 };

    test('ends a month whose time is over', async () => {
      await months.make('2016-02');
      await record('2016-02-29T12:00:00Z');
      expect(await months.drop('2016-02', { ...condition, rows: 1 })).toBe('dropped');
      expect(await months.drop('2016-02', { ...condition, rows: 1 })).toBe('absent');
      expect(await payments.list(TENANT, { limit: 10 })).toEqual([]);
    });

    test('and what callers record meanwhile, again and again, is recorded once and held', async () => {
      const references = Array.from({ length: 12 }, (_, i) => `dropped-${i}`);
      const bring = (order: readonly string[]): Promise<unknown> => {
        const shared = { tenantId: TENANT, paymentDate: new Date('2016-02-29T12:00:00Z'), createdAt: new Date() };
        return payments.record(
          TENANT,
          order.map((referenceNumber) => aRecording({ ...shared, referenceNumber })),
        );
      };
      const outcomes = new Set<unknown>();
      for (let round = 0; round < 8; round += 1) {
        await months.make('2016-02');
        const [outcome] = await Promise.all([
          months.drop('2016-02', condition).catch(unlessInUse),
          ...Array.from({ length: 8 }, (_, i) => bring(i % 2 ? references : references.toReversed())),
          forgetReferences(database.app, TENANT, references.slice(round % 6)),
        ]);
        outcomes.add(outcome);
      }
      await months.make('2016-02');
      expect(outcomes).toContain('dropped');
      const broken = (await verifyInvariants(database.app, database.sweeper)).filter((rule) => rule.broken > 0);
      expect(broken).toEqual([]);
    });

    test('leaves a month alone in which there is another number of payments', async () => {
      await months.make('2016-02');
      await record('2016-02-29T12:00:00Z', '2016-02-29T13:00:00Z');
      expect(await months.drop('2016-02', { ...condition, rows: 1 })).toBe('changed');
      expect(await countIn('payments_y2016m02')).toBe(2);
    });

    test('leaves a month alone that somebody wants kept, and an earlier wish takes nothing from a later one', async () => {
      const keptUntil = new Date(Date.now() + 60_000);
      await months.make('2016-02', keptUntil);
      await months.make('2016-02', new Date(Date.now() - 60_000));
      expect(await months.drop('2016-02', condition)).toBe('kept');
      expect((await months.list())[0]?.keptUntil?.getTime()).toBe(Math.floor(keptUntil.getTime() / 1000) * 1000);
    });

    test('leaves a month alone whose time is not over, whatever a clock or a setting says', async () => {
      const [now, ahead] = [monthOf(new Date()), new Date(Date.now() + 1e12)];
      const late = plusMonths(now, -12);
      await months.make(late);
      expect(await months.drop(late, condition)).toBe('kept');
      const young = plusMonths(now, -3);
      await months.make(young);
      expect(await months.drop(young, { now: ahead, retentionMonths: 0 })).toBe('kept');
      expect(await months.drop(plusMonths(now, 1), { now: ahead, retentionMonths: -60 })).toBe('kept');
    });
  });
});
