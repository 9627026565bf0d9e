import { aims, ratiosIn } from './aims.mjs';
import { median, rounded } from './statistics.mjs';

/**
 * @typedef {Readonly<Record<string, string | number | Readonly<Record<string, string | number>>>>} Terms
 * @typedef {ReadonlyMap<string, readonly import('./measure.mjs').Figures[]>} Runs the figures of every round, by case
 * @typedef {{ name: string, value: number, unit: string, least: number, most: number }} Result
 * @typedef {{ name: string, value: number, aim: number, least: number, most: number }} Ratio
 */

/** @param {readonly number[]} values */
const spreadOf = (values) => ({
  value: rounded(median(values)),
  least: rounded(Math.min(...values)),
  most: rounded(Math.max(...values)),
});

/** The median of each figure over the rounds. @param {Runs} runs @param {(name: string) => string} unitOf a case's rate @returns {Result[]} */
export const resultsOf = (runs, unitOf) =>
  [...runs].flatMap(([name, rounds]) =>
    Object.keys(rounds[0] ?? {})
      .filter((figure) => figure !== 'accepted')
      .map((figure) => {
        const space = figure.lastIndexOf(' ');
        const [label, unit] =
          figure === 'rate' ? [name, unitOf(name)] : [`${name} ${figure.slice(0, space)}`, figure.slice(space + 1)];
        const { value, least, most } = spreadOf(rounds.map((one) => one[figure] ?? NaN));
        return { name: label, value, unit, least, most };
      }),
  );

/** The median of the ratios within each round: what slows the machine for a minute slows both. @param {Runs} runs @returns {Ratio[]} */
export function ratiosOf(runs) {
  const rounds = Math.max(0, ...[...runs.values()].map(({ length }) => length));
  const values = Array.from({ length: rounds }, (_, round) => ratiosIn((name) => runs.get(name)?.[round]));
  return aims.flatMap(({ name, aim }, i) => {
    const known = values.map((ratios) => ratios[i] ?? NaN).filter((value) => !Number.isNaN(value));
    if (known.length === 0) return [];
    const { value, least, most } = spreadOf(known);
    return [{ name, value, aim, least, most }];
  });
}

/** What `latest.json` says. @param {object} machine @param {Terms} terms @param {readonly Result[]} results @param {readonly Ratio[]} ratios */
export const document = (machine, terms, results, ratios) => ({
  machine,
  terms,
  results: results.map(({ name, value, unit }) => ({ name, value, unit })),
  ratios: ratios.map(({ name, value, aim }) => ({ name, value, aim })),
});

/** For people. @param {Terms} machine @param {Terms} terms @param {readonly Result[]} results @param {readonly Ratio[]} ratios */
export function table(machine, terms, results, ratios) {
  const named = (/** @type {Terms} */ values) =>
    Object.entries(values).map(
      ([name, value]) => `  ${name.padEnd(14)} ${typeof value === 'object' ? flat(value) : value}`,
    );
  const figure = (/** @type {Result} */ { name, value, unit, least, most }) =>
    `  ${name.padEnd(46)} ${text(value)} ${unit.padEnd(12)} ${text(least)} ${text(most)}`;
  const ratio = (/** @type {Ratio} */ { name, value, aim, least, most }) =>
    `  ${name.padEnd(46)} ${text(value)} ${value >= aim ? 'reached' : 'MISSED '} ${text(aim)} ${text(least)} ${text(most)}`;
  return [
    'Machine',
    ...named(machine),
    'Terms',
    ...named(terms),
    `${'Results'.padEnd(48)}   median ${''.padEnd(12)}    least     most`,
    ...results.map(figure),
    `${'Ratios (a value of at least its aim is reached)'.padEnd(48)}   median              aim    least     most`,
    ...ratios.map(ratio),
  ].join('\n');
}

/** @param {number} value */
const text = (value) => String(value).padStart(8);

/** @param {Readonly<Record<string, string | number>>} value */
const flat = (value) =>
  Object.entries(value)
    .map(([name, one]) => `${name} ${one}`)
    .join(', ');
