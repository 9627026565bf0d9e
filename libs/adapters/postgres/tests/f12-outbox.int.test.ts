import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, silentLogger, silentMeter, sleep, systemClock } from '@ferry/kernel';
import { RelayEvents, type OutboxEvent } from '@ferry/messaging';
import { PostgresOutbox } from '@ferry/postgres';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';
import { seededRandom } from '../../../../tests/harness/random.js';

/** RELIABILITY.md F12: nothing skipped, nothing out of order per aggregate, however writers commit; a naive cursor fails this test. */
const WRITERS = 16;
const EVENTS = 30_000;
const EVENTS_PER_COMMIT = 20;
const AGGREGATES = 500;
const ROLLBACK_SHARE = 0.1;
const COMMIT_DELAY_MAX_MS = 12;

describe.each(postgresServers)('F12 on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { poolMax: WRITERS + 6 });
    await database.query(`create table public.aggregates (id uuid primary key, version int not null)`);
    await database.query(
      `create table public.naive (pos bigint generated always as identity primary key, id uuid, version int)`,
    );
    await database.query(`grant select, insert, update on public.aggregates, public.naive to ferry_app`);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  test.each([1, 2, 3])(
    'no event is skipped or out of order, seed %d',
    async (seed) => {
      const random = seededRandom(seed);
      const ids = Array.from({ length: AGGREGATES }, () => newId());
      await database.query('truncate public.naive, public.aggregates');
      await database.query('insert into public.aggregates select id, 0 from unnest($1::uuid[]) id', [ids]);
      const committed = new Set<string>();
      let writing = true;

      const write = async (): Promise<void> => {
        while (committed.size < EVENTS) {
          const chosen = [
            ...new Set(
              Array.from({ length: EVENTS_PER_COMMIT }, () => ids[Math.floor(random() * AGGREGATES)] as string),
            ),
          ].sort();
          const rolledBack = new Error('rolled back on purpose');
          const written: string[] = [];
          await database.app
            .tenant('default', async (session) => {
              written.length = 0;
              const rows = await session.rows<{ id: string; version: number }>({
                name: 'bump',
                text: `with locked as (select id from public.aggregates where id = any($1) order by id for update)
                update public.aggregates a set version = version + 1 from locked l where a.id = l.id returning a.id, a.version`,
                values: [chosen],
              });
              const columns = [rows.map(({ id }) => id), rows.map(({ version }) => version)];
              await session.query({
                name: 'naive',
                text: 'insert into public.naive (id, version) select * from unnest($1::uuid[], $2::int[])',
                values: columns,
              });
              await session.query({
                name: 'write',
                text: `insert into messaging.outbox select 'default', id, version, 'payment.events', gen_random_uuid(), 'payment.created', now(),
                  '{}', 'f12', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' from unnest($1::uuid[], $2::int[]) u (id, version)`,
                values: columns,
              });
              await sleep(random() * COMMIT_DELAY_MAX_MS);
              if (random() < ROLLBACK_SHARE) throw rolledBack;
              written.push(...rows.map(({ id, version }) => `${id} ${version}`));
            })
            .catch((error: unknown) => {
              if (error !== rolledBack) throw error;
            });
          for (const one of written) committed.add(one);
        }
      };

      const published: OutboxEvent[] = [];
      const publisher = {
        publish: async (events: readonly OutboxEvent[]): Promise<void> => {
          await sleep(random() * 5);
          if (random() < 0.05) throw new Error('the broker is away for a moment');
          published.push(...events);
        },
      };
      const relay = async (holder: string): Promise<void> => {
        const outbox = new PostgresOutbox(database.app, database.sweeper);
        const options = { holder, leaseMs: 10_000, batchMax: 400, tenantsMax: 10, batchesPerPass: 3 };
        const relayEvents = new RelayEvents(outbox, publisher, systemClock, silentLogger, silentMeter, options);
        for (;;) {
          const last = !writing;
          const { published: count } = await relayEvents.run().catch(() => ({ published: 1 }));
          if (last && count === 0 && (await outbox.lag(1)).waiting === 0) return;
          if (count === 0) await sleep(5);
        }
      };

      const naive = new Set<string>();
      const readNaively = async (): Promise<void> => {
        for (let cursor = '0'; ;) {
          const last = !writing;
          const rows = await database.query<{ pos: string; id: string; version: number }>(
            'select pos, id, version from public.naive where pos > $1 order by pos limit 400',
            [cursor],
          );
          for (const { id, version } of rows) naive.add(`${id} ${version}`);
          cursor = rows.at(-1)?.pos ?? cursor;
          if (last && rows.length === 0) return;
          await sleep(2);
        }
      };

      const readers = [relay('one'), relay('two'), readNaively()];
      await Promise.all(Array.from({ length: WRITERS }, write)).finally(() => {
        writing = false;
      });
      await Promise.all(readers);

      const seen = new Map<string, number>();
      let outOfOrder = 0;
      let duplicates = 0;
      for (const { aggregateId, version } of published) {
        const before = seen.get(aggregateId) ?? 0;
        if (version > before + 1) outOfOrder += 1;
        else if (version <= before) duplicates += 1;
        seen.set(aggregateId, Math.max(before, version));
      }
      const told = new Set(published.map(({ aggregateId, version }) => `${aggregateId} ${version}`));
      const skipped = [...committed].filter((one) => !told.has(one)).length;
      const skippedNaively = [...committed].filter((one) => !naive.has(one)).length;
      process.stderr.write(
        `F12 seed ${seed}: ${committed.size} events, ${skipped} skipped, ${outOfOrder} out of order, ${duplicates} duplicates; ` +
          `a naive cursor skipped ${skippedNaively}\n`,
      );
      expect({ skipped, outOfOrder, invented: told.size - committed.size }).toEqual({
        skipped: 0,
        outOfOrder: 0,
        invented: 0,
      });
      expect(skippedNaively).toBeGreaterThan(0);
    },
    240_000,
  );
});
