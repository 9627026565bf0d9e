import { cases } from './cases.mjs';
import { ferrySettings, settings } from './settings.mjs';

/** @param {readonly (readonly [string, string])[]} rows */
const listed = (rows) => rows.map(([name, meaning]) => `  ${name.padEnd(21)} ${meaning}`);

export const help = () =>
  [
    'npm run bench [-- CASE...]     or     ferry bench [CASE...]',
    '',
    'Measures Ferry on this machine beside baselines, in the same run and in turn. Without cases: all but those marked *.',
    'Writes bench/results/latest.json, and bench/results/latency.svg when `latency` was run. Exits with 0 whatever the figures are.',
    '',
    'Cases',
    ...listed(cases.map(({ name, meaning, long }) => [`${name}${long ? ' *' : ''}`, meaning])),
    '',
    'Environment',
    ...listed(
      Object.entries(settings).map(([name, { value, meaning }]) => [name, `${meaning}${value ? ` (${value})` : ''}`]),
    ),
    '',
    `Settings of Ferry that may be changed for the processes that are measured: ${ferrySettings.join(', ')}.`,
  ].join('\n');
