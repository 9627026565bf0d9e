import { verify } from '../database.mjs';
import { createFilled, forgetAfter, newest } from '../filling.mjs';
import { acceptOn } from './accept.mjs';
import { settleOn } from './settle.mjs';

/** Filled once for all rounds and cases of a bench. @type {Promise<import('../database.mjs').FerryDatabase> | undefined} */
let filled;

/** @param {import('../measure.mjs').Bench} bench */
export const filledDatabase = (bench) => (filled ??= createFilled(bench.database));

/**
 * Settles and accepts beside the payments that are there already; `accept` and `settle` of the same round do so beside none.
 * Settles first: what `accept` leaves waiting would be swept up by the worker.
 * @param {import('../measure.mjs').Bench} bench
 */
export async function million(bench) {
  const database = await filledDatabase(bench);
  const before = await newest(bench.database, database.name);
  try {
    const settled = await settleOn(bench, database);
    const accepted = await acceptOn(bench, database);
    await verify(database.environment);
    const renamed = Object.entries(settled)
      .filter(([name]) => name !== 'accepted')
      .map(([name, value]) => [name === 'rate' ? 'settled payments/s' : `settle ${name}`, value]);
    return { ...accepted, ...Object.fromEntries(renamed), accepted: accepted.accepted };
  } finally {
    await forgetAfter(bench.database, database.name, before);
  }
}
