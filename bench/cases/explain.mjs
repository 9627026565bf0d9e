import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchDatabase, verify } from '../database.mjs';
import { createFilled } from '../filling.mjs';
import { figures, load } from '../measure.mjs';
import { plansIn, usual } from '../plans.mjs';
import { shown } from '../shown-plan.mjs';
import { startFerry, untilSettled } from './settle.mjs';

/** @typedef {import('../measure.mjs').Bench} Bench */

/** Log every statement of every session of this database with its plan as it was run: prepared, with row level security, in its batch. */
const AUTO_EXPLAIN = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_format': 'json',
  // What functions run is what takes the time.
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_parameter_max_length': '0',
};
/** PostgreSQL plans a prepared statement anew for its first five runs; what comes later is what runs for ever. */
const RUNS = 8;

/** The plans of all that `ferry start` asks the database beside many payments, written to results/plans.md. @param {Bench} outer */
export async function explain(outer) {
  /** @type {string[]} */
  const log = [];
  const bench = {
    ...outer,
    database: await BenchDatabase.start(join(outer.directory, 'explained'), (line) => log.push(line)),
  };
  try {
    const database = await createFilled(bench.database);
    for (const [name, value] of Object.entries(AUTO_EXPLAIN))
      await bench.database.query('admin', `alter database ${database.name} set ${name} = '${value}'`);
    const server = await startFerry(bench, database);
    const loaded = await load(bench, server.url, bench.durationMs);
    await read(server.url, await untilSettled(bench, database.name).then(() => anId(bench, database.name)));
    await server.stop();
    const plans = plansIn(log);
    await verify(database.environment);
    writeFileSync(join(bench.results, 'plans.md'), `${usual(plans).map(shown).join('\n\n')}\n`);
    console.error(`written: ${join(bench.results, 'plans.md')}, of ${plans.length} plans`);
    return { ...figures(loaded), 'plans plans': plans.length };
  } finally {
    await bench.database.stop();
  }
}

/** @param {Bench} bench @param {string} name */
const anId = async (bench, name) =>
  (
    await bench.database.query(
      name,
      `select id from payments.payments where tenant_id = 'default' order by id limit 1 offset 1000`,
    )
  )[0].id;

/** What the load does not do: clients that read. @param {string} url @param {string} id */
async function read(url, id) {
  const payments = `${url}/api/v1/payments`;
  const { reference } = /** @type {{ reference: string }} */ (await (await fetch(`${payments}/${id}`)).json());
  const questions = [
    `/${id}`,
    `/${id}/history`,
    '?limit=50',
    '?limit=50&status=SUCCESS',
    '?limit=50&status=FAILED',
    `?reference=${reference}`,
    '?limit=50&created_from=2020-01-01T00:00:00Z&created_to=2020-02-01T00:00:00Z',
  ];
  for (let n = 0; n < RUNS; n += 1)
    for (const question of questions) {
      const answer = await fetch(`${payments}${question}`);
      if (!answer.ok) throw new Error(`${question}: ${answer.status} ${await answer.text()}`);
    }
}
