import { cpus, loadavg, release, totalmem } from 'node:os';
import { aims, cases } from './cases.mjs';

/** @typedef {import('./cases.mjs').Figures} Figures */
/** @typedef {Readonly<Record<string, string | number | Readonly<Record<string, string | number>>>>} Terms */
/** @typedef {ReadonlyMap<string, readonly Figures[]>} Runs the figures of every round, by case */

/** @param {readonly number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? /** @type {number} */ (sorted[middle])
    : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** @param {readonly number[]} values @param {number} i */
const at = (values, i) => /** @type {number} */ (values[i]);

/** Three significant digits; whole numbers as they are. @param {number} value */
const rounded = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

/** The median of each figure over the rounds. @param {Runs} runs */
export function resultsOf(runs) {
  return [...runs].flatMap(([name, rounds]) =>
    Object.keys(rounds[0] ?? {})
      .filter((figure) => figure !== 'accepted')
      .map((figure) => {
        const values = rounds.map((one) => /** @type {number} */ (one[figure]));
        const space = figure.lastIndexOf(' ');
        const unit = figure === 'rate' ? (cases.find((one) => one.name === name)?.unit ?? '') : figure.slice(space + 1);
        const label = figure === 'rate' ? name : `${name} ${figure.slice(0, space)}`;
        return {
          name: label,
          value: rounded(median(values)),
          unit,
          least: rounded(Math.min(...values)),
          most: rounded(Math.max(...values)),
        };
      }),
  );
}

/** The median of the ratios within each round: what slows the machine for a minute slows both. @param {Runs} runs */
export function ratiosOf(runs) {
  return aims.flatMap(({ of, over, aim }) => {
    const ours = runs.get(of);
    const theirs = runs.get(over);
    if (!ours || !theirs) return [];
    const values = ours.map(({ rate = NaN }, round) => rate / (theirs[round]?.rate ?? NaN));
    return [
      {
        name: `${of} / ${over}`,
        value: rounded(median(values)),
        aim,
        least: rounded(Math.min(...values)),
        most: rounded(Math.max(...values)),
      },
    ];
  });
}

export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch} ${release()}`,
  loadBefore: rounded(loadavg()[0] ?? 0),
  at: new Date().toISOString(),
});

/**
 * @param {ReturnType<typeof machine>} machine_
 * @param {Terms} terms
 * @param {ReturnType<typeof resultsOf>} results
 * @param {ReturnType<typeof ratiosOf>} ratios
 */
export function table(machine_, terms, results, ratios) {
  const named = (/** @type {Terms} */ values) =>
    Object.entries(values).map(
      ([name, value]) => `  ${name.padEnd(24)} ${typeof value === 'object' ? flat(value) : value}`,
    );
  const spread = (/** @type {{ least: number, most: number }} */ { least, most }) => `(${least} to ${most})`;
  return [
    'Machine',
    ...named(machine_),
    'Terms',
    ...named(terms),
    `Results, medians of the rounds (least to most)`,
    ...results.map(
      (one) => `  ${one.name.padEnd(34)} ${String(one.value).padStart(8)} ${one.unit.padEnd(12)} ${spread(one)}`,
    ),
    'Ratios, medians of the ratios of each round',
    ...ratios.map(
      (one) =>
        `  ${one.name.padEnd(34)} ${one.value.toFixed(2).padStart(8)} aim ${one.aim.toFixed(1)} ${one.value >= one.aim ? 'reached' : 'MISSED '} ${spread(one)}`,
    ),
  ].join('\n');
}

/** @param {Readonly<Record<string, string | number>>} value */
const flat = (value) =>
  Object.entries(value)
    .map(([name, one]) => `${name} ${one}`)
    .join(', ');
