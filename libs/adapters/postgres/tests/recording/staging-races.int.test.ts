import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, silentMeter, sleep, systemClock } from '@ferry/kernel';
import { PostgresRecordedPayments, PostgresStagingTables } from '@ferry/postgres';
import { RecordFacts, type StagingTables } from '@ferry/recording';
import { aToldFact } from '@ferry/recording/testing';
import pg from 'pg';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { knowsNothing, stagingWorld, type StagingWorld } from './staging-world.js';

const never = new AbortController().signal;
const WRITERS = 16;

describe.each(postgresServers)('staging, many at once, on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  let world: StagingWorld;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { poolMax: 20 });
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    world = await stagingWorld(database);
  });

  const one = async <R extends object>(sql: string): Promise<R | undefined> => (await world.rows<R>(sql))[0];
  /** Each reference once, each payment told once, each row accounted for. */
  async function expectSound(distinct: number): Promise<void> {
    expect(
      await one(`select (select count(*)::int from recording.payments where tenant_id = $tenant) as payments,
        (select count(distinct reference_number)::int from recording.payments where tenant_id = $tenant) as distinct,
        (select count(distinct aggregate_id)::int from messaging.outbox where tenant_id = $tenant) as told,
        (select count(*)::int from messaging.outbox where tenant_id = $tenant) as events,
        (select count(*)::int from $table where processed is not true) as waiting`),
    ).toEqual({ payments: distinct, distinct, told: distinct, events: distinct, waiting: 0 });
    expect(
      await one(`select coalesce(sum(processed_records + duplicate_records + error_records), 0)::int as accounted,
        (select count(*)::int from $table) as rows from recording.staging_process_log
        where tenant_id = $tenant and status = 'completed' and not retry`),
    ).toEqual(await one('select count(*)::int as accounted, count(*)::int as rows from $table'));
  }
  /** The real tables, and what happens right after rows were read. */
  const peekedBefore = (then: () => Promise<unknown>): StagingTables => {
    const tables = new PostgresStagingTables(database.app);
    let once: (() => Promise<unknown>) | undefined = then;
    return Object.assign(Object.create(tables) as StagingTables, {
      peek: async (...given: Parameters<StagingTables['peek']>) => {
        const rows = await tables.peek(...given);
        const act = once;
        once = undefined;
        await act?.();
        return rows;
      },
    });
  };

  test('two who drain the same rows take each once', async () => {
    await world.insert(Array.from({ length: 1_500 }, (_, i) => ({ reference_number: `r-${i % 1_400}` })));
    await Promise.all(Array.from({ length: 4 }, () => world.drainAll(world.drain({}, { batchSize: 50 }))));
    await world.drainAll();
    await expectSound(1_400);
  });

  test('rows of writers that commit out of order are all found', async () => {
    const writers = new pg.Pool({ connectionString: database.adminUrl, max: WRITERS });
    let writing = WRITERS;
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < 8; n += 1) {
        const client = await writers.connect();
        await client.query('begin');
        await client.query(
          `insert into ${world.source.table} (reference_number, loan_account_number, cif, amount, payment_date)
           select 'w-' || $1 || '-' || $2 || '-' || i, 'L', 'C', 1, '2026-11-20' from generate_series(1, 20) i`,
          [writer, n],
        );
        await sleep(((writer * 7 + n * 3) % 10) * 3);
        await client.query('commit');
        client.release();
      }
      writing -= 1;
    };
    const written = Promise.all(Array.from({ length: WRITERS }, (_, i) => write(i)));
    const drain = world.drain({}, { batchSize: 30, batchesPerTurn: 5 });
    while (writing > 0) await drain.run(world.source, never);
    await written;
    await writers.end();
    await world.drainAll(drain);
    await expectSound(WRITERS * 8 * 20);
  });

  test('webhooks tell of the same payments at the same moment', async () => {
    const references = Array.from({ length: 400 }, (_, i) => `r-${i}`);
    await world.insert(references.map((reference_number) => ({ reference_number })));
    const payments = new PostgresRecordedPayments(database.app);
    const webhooks = new RecordFacts({ payments, seen: knowsNothing, clock: systemClock, newId, meter: silentMeter });
    const facts = references.toReversed().map((referenceNumber) => aToldFact({ referenceNumber }));
    const told = Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        webhooks.record(world.source.tenantId, 'webhook', facts.slice(i * 20, i * 20 + 20)),
      ),
    );
    await Promise.all([world.drainAll(world.drain({}, { batchSize: 40 })), told]);
    await expectSound(400);
  });

  test('a row that changes after it was read is taken as it is then', async () => {
    const [id] = await world.insert([{ reference_number: 'first' }, {}]);
    const staging = peekedBefore(() => world.rows(`update $table set reference_number = 'second' where id = ${id}`));
    await world.drainAll(world.drain({ staging }));
    expect(
      await world.rows(`select reference_number from recording.payments where tenant_id = $tenant
        and reference_number in ('first', 'second')`),
    ).toEqual([{ reference_number: 'second' }]);
    await expectSound(2);
  });

  test('what repeats a row that went away is a payment of its own', async () => {
    const [id] = await world.insert([
      { reference_number: 'twice', cif: 'one' },
      { reference_number: 'twice', cif: 'two' },
    ]);
    const staging = peekedBefore(() => world.rows(`delete from $table where id = ${id}`));
    await world.drainAll(world.drain({ staging }));
    expect(await world.rows('select cif from recording.payments where tenant_id = $tenant')).toEqual([{ cif: 'two' }]);
    await expectSound(1);
  });

  test('a row that somebody holds is left to him, and taken later', async () => {
    const [id] = await world.insert([{}, {}, {}]);
    const holder = new pg.Client({ connectionString: database.adminUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query(`select from ${world.source.table} where id = $1 for update`, [id]);
    const drain = world.drain();
    await world.drainAll(drain);
    expect(await one('select count(*)::int as n from $table where processed is not true')).toEqual({ n: 1 });
    await holder.query('rollback');
    await holder.end();
    await world.drainAll(drain);
    await expectSound(3);
  });

  describe('when the database refuses', () => {
    const refuse = (condition: string, code: string): Promise<unknown> =>
      database.query(`create function messaging.refuse() returns trigger language plpgsql as
          $$ begin if ${condition} then raise exception 'refused by a test' using errcode = '${code}'; end if; return new; end $$;
        create trigger refuse before insert on messaging.outbox for each row execute function messaging.refuse()`);
    const allow = (): Promise<unknown> => database.query('drop function messaging.refuse() cascade');

    test('one row of a batch, that row is put aside and the others are recorded', async () => {
      await world.insert([...Array.from({ length: 30 }, () => ({})), { reference_number: 'poison' }, {}]);
      await refuse(`new.payload like '%"poison"%'`, 'data_exception');
      await world.drainAll();
      await allow();
      await expectSound(31);
      expect(await world.errors.list(world.source.tenantId, { limit: 5 })).toMatchObject([
        { attempts: 1, reason: 'cannot be stored: refused by a test' },
      ]);
      expect(
        await one(`select count(*)::int > 0 as told, min(error_details ->> 'error') as error
          from recording.staging_process_log where tenant_id = $tenant and status = 'failed'`),
      ).toEqual({ told: true, error: 'refused by a test' });
    });

    test('for no fault of the rows, nothing of the batch is left and none is put aside', async () => {
      await world.insert([{}, {}, {}]);
      await refuse('true', 'internal_error');
      await expect(world.drain().run(world.source, never)).rejects.toThrow('refused by a test');
      await allow();
      expect(
        await one(`select (select count(*)::int from recording.payments where tenant_id = $tenant) as payments,
          (select count(*)::int from recording.payment_references where tenant_id = $tenant) as references,
          (select count(*)::int from recording.staging_process_log where tenant_id = $tenant and status = 'completed') as completed,
          (select count(*)::int from $table where processed is not true) as waiting`),
      ).toEqual({ payments: 0, references: 0, completed: 0, waiting: 3 });
      await world.drainAll();
      await expectSound(3);
    });
  });
});
