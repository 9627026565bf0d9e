// `npm run bench [-- NAME...]`, and `ferry bench`: how fast Ferry is beside the simplest things that could be done instead, on this machine,
// now. Exits with 0 whatever the figures are, with 1 when a run fails or `ferry verify` finds a broken invariant, with 2 for a wrong name.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases, chosen } from './cases.mjs';
import { BenchDatabase } from './database.mjs';
import { help } from './help.mjs';
import { latencyChart, pointsOf } from './latency-chart.mjs';
import { killAll } from './processes.mjs';
import { document, ratiosOf, resultsOf, table } from './report.mjs';
import { stopServices } from './services.mjs';
import { count } from './settings.mjs';
import { machine, termsOf } from './terms.mjs';

const names = process.argv.slice(2);
if (names.includes('--help') || names.includes('-h')) {
  console.log(help());
  process.exit(0);
}
const unknown = names.filter((name) => !cases.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(`no such case: ${unknown.join(', ')}\n\n${help()}`);
  process.exit(2);
}

const ROUNDS = count('BENCH_ROUNDS');
const before = machine();
const directory = mkdtempSync(join(tmpdir(), 'ferry-bench-'));
// Root hands PostgreSQL to another user, who must be able to enter.
chmodSync(directory, 0o755);
const results = join(import.meta.dirname, 'results');
mkdirSync(results, { recursive: true });
const bench = {
  database: await BenchDatabase.start(join(directory, 'server')),
  directory,
  results,
  connections: 128,
  baselineConnections: 32,
  // Until V8 has compiled what is hot: within the first 4 s the api still spends about 50 µs of other threads on each payment.
  warmUpMs: 4_000,
  durationMs: count('BENCH_DURATION_MS'),
};
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => void end(1));

try {
  report(await inTurn(), await termsOf(bench, ROUNDS));
  await end(0);
} catch (error) {
  console.error(error);
  await end(1);
}

/** Every case once a round, so that a slow minute of the machine is everybody's. */
async function inTurn() {
  /** @type {Map<string, import('./measure.mjs').Figures[]>} */
  const runs = new Map();
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const one of chosen(names)) {
      if (one.long && round > 1) continue;
      const figures = await one.run(bench);
      const told = figures ? `${Math.round(figures.rate ?? NaN)} ${one.unit}` : 'cannot be run here';
      console.error(`round ${round}: ${one.name.padEnd(8)} ${told.padEnd(18)} (${one.meaning})`);
      if (figures) runs.set(one.name, [...(runs.get(one.name) ?? []), figures]);
    }
  return runs;
}

/** @param {import('./report.mjs').Runs} runs @param {import('./report.mjs').Terms} terms */
function report(runs, terms) {
  const figures = resultsOf(runs, (name) => cases.find((one) => one.name === name)?.unit ?? '');
  const ratios = ratiosOf(runs);
  console.log(table(before, terms, figures, ratios));
  save('latest.json', `${JSON.stringify(document(before, terms, figures, ratios), null, 2)}\n`);
  const points = pointsOf(figures);
  if (points.length > 0)
    save('latency.svg', latencyChart(points, `${before.cores} cores, ${before.cpu}, ${before.at.slice(0, 10)}`));
}

/** @param {string} name @param {string} content */
function save(name, content) {
  writeFileSync(join(results, name), content);
  console.error(`written: ${join(results, name)}`);
}

/** @param {number} code */
async function end(code) {
  killAll();
  await stopServices();
  await bench.database.stop();
  rmSync(directory, { recursive: true, force: true });
  process.exit(code);
}
