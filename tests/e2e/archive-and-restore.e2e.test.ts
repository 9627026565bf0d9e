import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { monthOf, plusMonths, startOfMonth } from '@ferry/recording';
import { eventually } from '@ferry/payments/testing';
import { FerryProcess, runCommand } from '../harness/ferry.js';
import { makeDatabase, postgresServers, type TestDatabase, type TestServer } from '../harness/postgres.js';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/how-to/archive-and-restore.md'), 'utf8');
const MONTH = plusMonths(monthOf(new Date()), -14);
const ROWS = 5_000;

/** What docs/how-to/archive-and-restore.md says, by the commands that it shows. */
describe('months of recorded payments at the command line', () => {
  let server: TestServer;
  let database: TestDatabase;
  let directory: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    server = await (postgresServers[0] as NonNullable<(typeof postgresServers)[0]>)[1]();
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await database?.close();
    database = await makeDatabase(server);
    if (directory) rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), 'ferry-archives-'));
    environment = {
      DATABASE_URL: database.appUrl,
      DATABASE_SWEEPER_URL: database.sweeperUrl,
      PARTITION_ARCHIVE_DIR: directory,
    };
    await database.addTenant('shop');
    await database.query(`select recording.make_partitions($1, 0)`, [startOfMonth(MONTH).toISOString()]);
    // Whatever a column can hold; many of one moment, so that pages end between equal dates.
    await database.query(
      `insert into recording.payments select t, gen_random_uuid(), 'default', 'ref-' || n || ' é "\\', 'LN-' || n, 'C', n, (array['XAF', 'EUR'])[n % 2 + 1],
         $1::timestamptz + (n / 1500) * interval '1.000001 hours', nullif((array['mobile', ''])[n % 2 + 1], ''), (array['staging', 'webhook'])[n % 2 + 1],
         json_build_object('n', n, 'text', E'a\\nb'), now() - n * interval '1.000003 s'
       from unnest(array['default', 'shop']) t, generate_series(1, $2) n`,
      [startOfMonth(MONTH).toISOString(), ROWS],
    );
  });

  const run = async (...args: string[]): Promise<string> => {
    const { code, output } = await runCommand(['recording', ...args], environment);
    expect({ args, code, output }).toMatchObject({ code: 0 });
    return output;
  };
  /** Every column of every payment, in an order of its own. */
  const all = async (): Promise<readonly unknown[]> =>
    database.query(`select p::text as row from recording.payments p order by tenant_id, id`);
  const archives = (): string[] => readdirSync(directory).filter((name) => name.startsWith(MONTH));

  test('the commands of the how-to are those that there are', async () => {
    const shown = [...page.matchAll(/^ferry recording (\w+)/gm)].map(([, name]) => name as string);
    const help = await run('--help');
    expect(new Set(shown)).toEqual(new Set(['partitions', 'archive', 'restore']));
    for (const name of shown) expect(help).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test('a month goes to files and comes back to the last column', async () => {
    const before = await all();
    expect(await run('partitions')).toMatch(new RegExp(`^${MONTH} .* expired$`, 'm'));
    expect(await run('archive')).toMatch(new RegExp(`${MONTH}: ${2 * ROWS} payment\\(s\\) of 2 tenant\\(s\\) are in`));
    expect(await all()).toEqual([]);
    expect(archives()).toHaveLength(1);
    const place = join(directory, archives()[0] ?? '');
    const restored = `${MONTH} shop: ${ROWS} payment(s), ${ROWS} brought back, 0 were there`;
    expect(await run('restore', join(place, 'shop.jsonl.gz'))).toContain(restored);
    expect(page).toContain(restored.replaceAll(`${ROWS}`, '120000').replace(MONTH, '2025-02'));
    expect(await all()).toHaveLength(ROWS);
    await run('restore', place);
    await run('restore', place);
    expect(await all()).toEqual(before);
    expect(await run('partitions')).toMatch(new RegExp(`^${MONTH} .* kept until`, 'm'));
    expect((await runCommand(['recording', 'archive', MONTH], environment)).code).toBe(1);
    const told = await database.query<{ line: string }>(
      `select concat_ws(' ', actor_kind, action, subject, after_value) as line from tenancy.tenant_audit_log
       where tenant_id = 'shop' and subject = $1 order by id`,
      [MONTH],
    );
    const restores = Array.from({ length: 3 }, () => `operator restore.ordered ${MONTH} {"place":"${place}"}`);
    expect(told.map(({ line }) => line)).toEqual([`operator archive.ordered ${MONTH}`, ...restores]);
  });

  test('killed at any moment, nothing is lost, and run again it ends well', async () => {
    const before = await all();
    let killed = 0;
    // Growing, so that a slow machine is through after as many kills as a fast one.
    for (let delayMs = 0; (await all()).length > 0; delayMs += 25 + delayMs / 4) {
      const process = new FerryProcess('cli', ['recording', 'archive'], environment);
      let ended = false;
      void process.exited.then(() => (ended = true));
      // Its own start takes most of the time; what matters begins with its first file.
      await eventually(
        'it writes or has ended',
        async () => ended || readdirSync(directory).some((name) => name.startsWith('.')),
      );
      await new Promise((done) => setTimeout(done, delayMs));
      process.signal('SIGKILL');
      if ((await process.exited) === null) killed += 1;
      for (const name of readdirSync(directory))
        if (name.startsWith('.')) rmSync(join(directory, name), { recursive: true });
      const rest = await all();
      expect([0, before.length]).toContain(rest.length);
      if (rest.length === 0) expect(archives().length).toBeGreaterThan(0);
    }
    expect(killed).toBeGreaterThan(0);
    await run('restore', join(directory, archives().at(-1) ?? ''));
    expect(await all()).toEqual(before);
  });
});
