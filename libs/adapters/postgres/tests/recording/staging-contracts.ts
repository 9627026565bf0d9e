import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { PostgresStagingTables } from '@ferry/postgres';
import { aTold } from '@ferry/recording/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';
import { stagingWorld, TestClock, type StagingWorld } from './staging-world.js';

const MINUTE = 60_000;

/** What is asked of staging tables on PostgreSQL, of whatever database is there when the tests run. */
export function stagingContracts(database: () => TestDatabase): void {
  describe('staging', () => {
    let world: StagingWorld;
    beforeEach(async () => {
      world = await stagingWorld(database());
    });

    test('a row is recorded with its reference and its event, marked and logged', async () => {
      const [id] = await world.insert([
        {
          reference_number: 'r-1',
          amount: '1234.50',
          payment_date: '2026-11-20 09:00:00.123',
          metadata: { currency: 'USD', big: 1 },
        },
      ]);
      await world.drainAll();
      expect(
        await world.rows(
          `select reference_number, amount_minor, currency, payment_date, source, business_unit_id, metadata from recording.payments
         where tenant_id = $tenant`,
        ),
      ).toEqual([
        {
          reference_number: 'r-1',
          amount_minor: '123450',
          currency: 'USD',
          payment_date: new Date('2026-11-20T09:00:00.123Z'),
          source: 'staging',
          business_unit_id: 'default',
          metadata: { currency: 'USD', big: 1 },
        },
      ]);
      const [event] = await world.rows<{ payload: string }>(
        'select payload from messaging.outbox where tenant_id = $tenant',
      );
      expect(JSON.parse(event?.payload ?? '')).toMatchObject({
        event_type: 'payment.recorded',
        payment: { reference_number: 'r-1', amount: 1234.5, currency: 'USD', source: 'staging' },
      });
      expect(await world.rows('select processed, processed_at is null as never from $table')).toEqual([
        { processed: true, never: false },
      ]);
      expect(await world.rows('select * from recording.staging_process_log where tenant_id = $tenant')).toMatchObject([
        {
          source: world.source.table,
          retry: false,
          batch_start_id: id,
          batch_end_id: id,
          total_records: 1,
          processed_records: 1,
          duplicate_records: 0,
          error_records: 0,
          status: 'completed',
        },
      ]);
    });

    test('a payment channel that is blank is not told', async () => {
      await world.insert(['', '  ', '\t', null].map((payment_channel) => ({ payment_channel })));
      await world.drainAll();
      expect(await world.rows('select payment_channel from recording.payments where tenant_id = $tenant')).toEqual(
        Array.from({ length: 4 }, () => ({ payment_channel: null })),
      );
    });

    test('many batches, duplicates within a batch, between batches and with what was recorded before', async () => {
      await world.insert(Array.from({ length: 250 }, (_, i) => ({ reference_number: `r-${i % 120}` })));
      await world.drainAll();
      await world.insert([{ reference_number: 'r-0' }, { reference_number: 'new' }]);
      await world.drainAll();
      expect(await counts(world)).toEqual({ payments: 121, references: 121, events: 121, waiting: 0 });
      expect(await logged(world)).toEqual({ total: 252, processed: 121, duplicate: 131, error: 0 });
    });

    test.each([
      ['NaN', { amount: 'NaN' }, 'amount must be a decimal number'],
      ['no amount', { amount: null }, 'amount is missing'],
      ['a negative amount', { amount: '-1' }, 'amount must be positive'],
      ['no reference', { reference_number: null }, 'reference_number is missing'],
      ['no loan account', { loan_account_number: null }, 'loan_account_number is missing'],
      ['no customer', { cif: ' ' }, 'cif must not be blank'],
      ['infinity', { payment_date: 'infinity' }, 'payment_date is not a time in the expected format'],
      ['minus infinity', { payment_date: '-infinity' }, 'payment_date is not a time in the expected format'],
      ['before Christ', { payment_date: '0044-03-15 12:00:00 BC' }, 'payment_date must not be before 1990'],
      [
        'the end of time',
        { payment_date: '294276-12-31 23:59:59' },
        'payment_date is not a time in the expected format',
      ],
      ['a time far ahead', { payment_date: '2999-01-01' }, 'payment_date must not be more than a day ahead'],
      ['no time', { payment_date: null }, 'payment_date is missing'],
      ['an unknown currency', { metadata: { currency: 'ZZZ' } }, 'currency must be an ISO 4217 code'],
      ['a currency that is none', { metadata: { currency: 5 } }, 'currency must be an ISO 4217 code'],
      [
        'too many decimals',
        { amount: '1.50', metadata: { currency: 'XAF' } },
        'amount has more decimals than the currency',
      ],
      [
        'a card number',
        { reference_number: '4111 1111 1111 1111' },
        'reference_number looks like the number of a payment card',
      ],
      [
        'a card number in the metadata',
        { metadata: { pan: '4111111111111111' } },
        'metadata looks like the number of a payment card',
      ],
      ['metadata that is no object', { metadata: [1] }, 'metadata must be an object'],
      ['metadata too large', { metadata: { x: 'y'.repeat(5_000) } }, 'metadata must have at most 4096 bytes'],
      ['a control character', { cif: 'a\u0007b' }, 'cif must not contain control characters'],
      ['several faults', { amount: '0', cif: null }, 'cif is missing; amount must be positive'],
    ])('a bad row is put aside and stops nobody: %s', async (_what, bad, reason) => {
      const [, id] = await world.insert([{}, bad, {}]);
      await world.drainAll();
      expect(await counts(world)).toEqual({ payments: 2, references: 2, events: 2, waiting: 0 });
      expect(await logged(world)).toEqual({ total: 3, processed: 2, duplicate: 0, error: 1 });
      const [error] = await world.errors.list(world.source.tenantId, { limit: 10 });
      expect(error).toMatchObject({ id: BigInt(id ?? 0), attempts: 1, reason });
      expect(error?.nextAttemptAt).toBeInstanceOf(Date);
      expect(error?.shown).not.toMatch(/4111/);
    });

    test('digits that no double holds reach the metadata and the event as they were', async () => {
      await world.rows(
        `insert into $table (reference_number, loan_account_number, cif, amount, payment_date, metadata)
       values ('exact', 'L', 'C', 1, '2026-11-20', '{"id": 12345678901234567890, "rate": 0.12345678901234567890}')`,
      );
      await world.drainAll();
      const [row] = await world.rows<{ metadata: string }>(
        'select metadata::text from recording.payments where tenant_id = $tenant',
      );
      expect(row?.metadata).toBe('{"id":12345678901234567890,"rate":0.12345678901234567890}');
      const [event] = await world.rows<{ payload: string }>(
        'select payload from messaging.outbox where tenant_id = $tenant',
      );
      expect(event?.payload).toContain('12345678901234567890');
    });

    test('a time is one of the time zone of the source', async () => {
      const there = await stagingWorld(database(), { timeZone: 'Africa/Nairobi' });
      await there.insert([{ payment_date: '2026-11-20 02:30:00' }]);
      await there.drainAll();
      expect(await there.rows('select payment_date from recording.payments where tenant_id = $tenant')).toEqual([
        { payment_date: new Date('2026-11-19T23:30:00Z') },
      ]);
    });

    describe('a bad row', () => {
      const clock = new TestClock();

      test('is read again after a pause, and recorded when the ETL has mended it', async () => {
        const drain = world.drain({ clock });
        const [id] = await world.insert([{ amount: '0' }]);
        await world.drainAll(drain);
        await world.rows(`update $table set amount = 7 where id = ${id}`);
        await world.drainAll(drain);
        expect(await counts(world)).toMatchObject({ payments: 0 });
        clock.advance(MINUTE);
        await world.drainAll(drain);
        expect(await counts(world)).toMatchObject({ payments: 1, waiting: 0 });
        expect(await world.errors.list(world.source.tenantId, { limit: 10 })).toEqual([]);
        expect(
          await world.rows(`select retry, total_records as t, processed_records as p, error_records as e
          from recording.staging_process_log where tenant_id = $tenant order by started_at`),
        ).toEqual([
          { retry: false, t: 1, p: 0, e: 1 },
          { retry: true, t: 1, p: 1, e: 0 },
        ]);
      });

      test('is given up after its retries, and tried again when an operator says so', async () => {
        const drain = world.drain({ clock });
        const [id] = await world.insert([{ amount: '0' }]);
        for (let round = 0; round < 8; round += 1) {
          await world.drainAll(drain);
          clock.advance(20 * MINUTE);
        }
        const [given] = await world.errors.list(world.source.tenantId, { limit: 10, givenUp: true });
        expect(given).toMatchObject({ attempts: 4, nextAttemptAt: undefined });
        expect(await world.errors.countGivenUp(100)).toBeGreaterThan(0);
        await world.rows(`update $table set amount = 7 where id = ${id}`);
        await world.drainAll(drain);
        expect(await counts(world)).toMatchObject({ payments: 0 });
        expect(await world.errors.retry(world.source, clock.now(), () => aTold(world.source.tenantId))).toBe(1);
        await world.drainAll(drain);
        expect(await counts(world)).toMatchObject({ payments: 1 });
      });

      test('that is gone from the table is given up', async () => {
        const drain = world.drain({ clock });
        const [id] = await world.insert([{ amount: '0' }]);
        await world.drainAll(drain);
        await world.rows(`delete from $table where id = ${id}`);
        clock.advance(20 * MINUTE);
        await world.drainAll(drain);
        expect(await world.errors.list(world.source.tenantId, { limit: 10, givenUp: true })).toMatchObject([
          { attempts: 2, reason: 'the row is not in the table any more' },
        ]);
      });
    });

    test('what waits is counted, sources are listed, and a batch that failed is noted', async () => {
      await world.insert([{}, {}, {}]);
      const tables = new PostgresStagingTables(database().app);
      expect(await tables.waiting(world.source, 2)).toBe(2);
      expect(await tables.waiting(world.source, 100)).toBe(3);
      expect(await world.sources.list()).toContainEqual({ ...world.source, enabled: true });
      const [now, rows] = [new Date(), await tables.peek(world.source, 0n, 10)];
      const batch = {
        id: newId(),
        retry: false,
        startedAt: now,
        decidedAt: now,
        rows,
        recordings: [],
        duplicates: 0,
        bad: [],
      };
      await tables.fail(world.source, batch, now, 'no luck');
      expect(
        await world.rows(
          'select status, total_records, error_details from recording.staging_process_log where tenant_id = $tenant',
        ),
      ).toEqual([{ status: 'failed', total_records: 3, error_details: { error: 'no luck' } }]);
    });

    test('a table is drained for the tenant it belongs to, and seen by no other', async () => {
      const other = await stagingWorld(database());
      await world.insert([{}]);
      const foreign = { ...world.source, tenantId: other.source.tenantId };
      expect(await other.drain().run(foreign, new AbortController().signal)).toEqual({ more: false });
      expect(await counts(world)).toMatchObject({ payments: 0, waiting: 1 });
      expect(await world.sources.add(foreign, aTold(foreign.tenantId))).toBe('taken');
      await world.sources.enable(world.source, false, aTold(world.source.tenantId));
      await expect(world.drain().run(world.source, new AbortController().signal)).rejects.toThrow(/is no source of/);
    });

    test('what a table lacks is told before it becomes a source', async () => {
      const { table } = world.source;
      expect(await world.sources.faultsOf(table)).toEqual([]);
      expect(await world.sources.faultsOf('public.nothing')).toEqual(['there is no such table']);
      expect(await world.sources.faultsOf(`public."x; drop"`)).toEqual([
        'its name must be schema.table, in lower case',
      ]);
      await world.rows('alter table $table alter column cif type text, drop column metadata');
      await world.rows('drop policy drained on $table');
      expect(await world.sources.faultsOf(table)).toEqual([
        'its column cif must be character varying(20), not text',
        'its column metadata must be jsonb, not missing',
        `it is not prepared: as its owner, select recording.prepare_staging('${table}')`,
      ]);
    });

    const counts = async (of: StagingWorld) =>
      (
        await of.rows(`select (select count(*)::int from recording.payments where tenant_id = $tenant) as payments,
        (select count(*)::int from recording.payment_references where tenant_id = $tenant) as references,
        (select count(*)::int from messaging.outbox where tenant_id = $tenant) as events,
        (select count(*)::int from $table where processed is not true) as waiting`)
      )[0];
    const logged = async (of: StagingWorld) =>
      (
        await of.rows(`select sum(total_records)::int as total, sum(processed_records)::int as processed,
        sum(duplicate_records)::int as duplicate, sum(error_records)::int as error from recording.staging_process_log
        where tenant_id = $tenant and status = 'completed' and not retry`)
      )[0];
  });
}
