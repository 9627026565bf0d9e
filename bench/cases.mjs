import { accept } from './cases/accept.mjs';
import { guarded, unguarded } from './cases/access.mjs';
import { echo, insert, pgbench } from './cases/baselines.mjs';
import { explain } from './cases/explain.mjs';
import { latency } from './cases/latency.mjs';
import { million } from './cases/million.mjs';
import { settle } from './cases/settle.mjs';
import { staging, stagingDuplicates, stagingSql, stagingWaiting } from './cases/staging.mjs';
import { webhooks, webhooksDuplicates, webhooksHeld } from './cases/webhooks.mjs';
import { memory, soak } from './cases/sustained.mjs';

/**
 * @typedef {import('./measure.mjs').Bench} Bench
 * @typedef {import('./measure.mjs').Figures} Figures
 * @typedef {object} Case
 * @property {string} name
 * @property {string} meaning
 * @property {string} unit of its rate
 * @property {(bench: Bench) => Promise<Figures | undefined>} run undefined: it cannot be run here
 * @property {readonly string[]} [beside] cases that must be run in the same rounds, because it is compared with them
 * @property {true} [long] run only when it is named, and in one round only
 */

/** @type {readonly Case[]} in the order in which a round runs them */
export const cases = [
  { name: 'echo', meaning: 'A: Express parses and echoes', unit: 'requests/s', run: echo },
  { name: 'insert', meaning: 'B: Express and one INSERT a request', unit: 'payments/s', run: insert },
  { name: 'pgbench', meaning: 'C: pgbench with that INSERT', unit: 'payments/s', run: pgbench },
  { name: 'accept', meaning: 'Ferry: api alone, payments accepted', unit: 'payments/s', run: accept },
  { name: 'settle', meaning: 'Ferry: ferry start, payments ended', unit: 'payments/s', run: settle },
  {
    name: 'million',
    meaning: 'Ferry: accept and settle with 1,000,000 payments already in the tables',
    unit: 'payments/s',
    run: million,
    beside: ['accept', 'settle'],
  },
  {
    name: 'latency',
    meaning: 'Ferry: ferry start, greatest rate; then open loop at 10 % to 100 % of it',
    unit: 'payments/s',
    run: latency,
  },
  {
    name: 'unguarded',
    meaning: 'Ferry: accept without authentication and row level security',
    unit: 'payments/s',
    run: unguarded,
  },
  {
    name: 'guarded',
    meaning: 'Ferry: accept with a key, limits of the key and of the tenant, and row level security',
    unit: 'payments/s',
    run: guarded,
    beside: ['unguarded'],
  },
  {
    name: 'staging-sql',
    meaning: 'the rows of staging by INSERT ... SELECT ... ON CONFLICT, into the same tables',
    unit: 'rows/s',
    run: stagingSql,
    long: true,
  },
  {
    name: 'staging',
    meaning: 'Ferry: rows of a staging table recorded, 5 % duplicates',
    unit: 'rows/s',
    run: staging,
    beside: ['staging-sql'],
    long: true,
  },
  {
    name: 'staging-duplicates',
    meaning: 'Ferry: rows of a staging table of which nine in ten tell of what was told before',
    unit: 'rows/s',
    run: stagingDuplicates,
    beside: ['staging'],
  },
  {
    name: 'staging-waiting',
    meaning: 'Ferry: the first 500,000 of many waiting rows, beside 10,000 waiting rows',
    unit: 'rows/s',
    run: stagingWaiting,
    long: true,
  },
  {
    name: 'webhooks',
    meaning: 'Ferry: api alone, signed webhooks that tell of new payments',
    unit: 'webhooks/s',
    run: webhooks,
    beside: ['echo'],
  },
  {
    name: 'webhooks-held',
    meaning: 'Ferry: ferry start, 1,000 signed webhooks a second',
    unit: 'webhooks/s',
    run: webhooksHeld,
  },
  {
    name: 'webhooks-duplicates',
    meaning: 'Ferry: api alone, signed webhooks of which nine in ten tell of what was told before',
    unit: 'webhooks/s',
    run: webhooksDuplicates,
    beside: ['webhooks'],
  },
  {
    name: 'memory',
    meaning: 'Ferry: resident memory of api and worker at half the greatest rate',
    unit: 'payments/s',
    run: memory,
    long: true,
  },
  {
    name: 'soak',
    meaning: 'Ferry: heap, tables and p99 at half the greatest rate, for long',
    unit: 'payments/s',
    run: soak,
    long: true,
  },
  {
    name: 'explain',
    meaning: 'Ferry: plans of all SQL of ferry start beside 1,000,000 payments, in results/plans.md',
    unit: 'payments/s',
    run: explain,
    long: true,
  },
];

/**
 * Those of these names and those they are compared with; without names, all that are not long.
 * @param {readonly string[]} names
 */
export function chosen(names) {
  const wanted =
    names.length > 0 ? cases.filter(({ name }) => names.includes(name)) : cases.filter(({ long }) => !long);
  const beside = new Set(wanted.flatMap((one) => one.beside ?? []));
  return cases.filter((one) => wanted.includes(one) || beside.has(one.name));
}
