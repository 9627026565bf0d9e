// `node bench/profile.mjs FILE...`: where the time and the allocations of a process went, from what `node --cpu-prof` (.cpuprofile)
// and `node --heap-prof` (.heapprofile) have written. One table by function, one by package or folder. docs/performance.md says how to get them.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { costsOfAllocations, costsOfTime, summed } from './profile-costs.mjs';

const ROWS = 40;
const PLACES = 25;

/** @param {readonly (readonly [name: string, value: number])[]} rows @param {number} total @param {number} most @param {string} unit */
function table(rows, total, most, unit) {
  const line = (/** @type {number} */ value, /** @type {string} */ name) =>
    `  ${value.toFixed(1).padStart(9)} ${unit} ${((value / total) * 100).toFixed(1).padStart(5)} %  ${name}`;
  const rest = rows.slice(most);
  return [
    ...rows.slice(0, most).map(([name, value]) => line(value, name)),
    ...(rest.length > 0
      ? [
          line(
            rest.reduce((sum, [, value]) => sum + value, 0),
            `${rest.length} others`,
          ),
        ]
      : []),
  ].join('\n');
}

/** @param {string} file */
export function summary(file) {
  const profile = JSON.parse(readFileSync(file, 'utf8'));
  const time = 'samples' in profile && 'timeDeltas' in profile;
  const root = pathToFileURL(resolve(import.meta.dirname, '..')).href;
  const costs = time ? costsOfTime(profile, root) : costsOfAllocations(profile, root);
  const total = costs.reduce((sum, { value }) => sum + value, 0);
  const unit = time ? 'ms' : 'kB';
  return [
    `${basename(file)}: ${total.toFixed(0)} ${unit} ${time ? 'of the main thread, idle time left out' : 'of allocations (node --heap-prof: only what was alive at the end)'}`,
    ' by function (self)',
    table(
      summed(costs, ({ name, place }) => `${name}  ${place}`),
      total,
      ROWS,
      unit,
    ),
    ' by place (self)',
    table(
      summed(costs, ({ folder }) => folder),
      total,
      PLACES,
      unit,
    ),
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const files = process.argv.slice(2);
  if (files.length === 0) {
    console.error('node bench/profile.mjs FILE.cpuprofile|FILE.heapprofile ...');
    process.exit(2);
  }
  for (const file of files) console.log(`${summary(file)}\n`);
}
