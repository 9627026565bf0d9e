import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { apiSettings, engineSettings, workerSettings, type Specs } from '@ferry/wiring';
import { migrateSettings } from '../apps/cli/src/commands/migrate.js';
import { startSettings, toolSettings } from '../apps/cli/src/settings.js';

const root = resolve(import.meta.dirname, '..');

/** What each program reads, in the order of the columns' words; `tools` are the commands that end by themselves. */
const programs: Readonly<Record<string, Specs>> = {
  api: { ...engineSettings, ...apiSettings },
  worker: { ...engineSettings, ...workerSettings },
  start: startSettings,
  tools: toolSettings,
  migrate: migrateSettings,
};

/** The only default that depends on where the program runs. */
const onTerminal = 'in a terminal `pretty`, else `json`';

function defaultOf(program: string, name: string, spec: Specs[string]): string {
  if (program === 'start' && name === 'LOG_FORMAT') return onTerminal;
  if (!('default' in spec)) return 'required';
  return spec.default === undefined ? 'not set' : `\`${JSON.stringify(spec.default).replaceAll('"', '')}\``;
}

/** One default for all programs, or the first program's and what differs from it. */
function defaultsOf(name: string, readers: readonly [string, Specs][]): string {
  const byDefault = Map.groupBy(readers, ([program, specs]) => defaultOf(program, name, specs[name] as Specs[string]));
  const [[first] = [''], ...others] = [...byDefault];
  return [first, ...others.map(([text, group]) => `${group.map(([program]) => program).join(', ')}: ${text}`)].join(
    '; ',
  );
}

function row(name: string): string {
  const readers = Object.entries(programs).filter(([, specs]) => name in specs);
  const [, specs] = readers[0] as [string, Specs];
  const { desc = '', choices, example } = specs[name] as Specs[string];
  const details = [
    ...(choices ? [`one of ${choices.map((choice) => `\`${String(choice)}\``).join(', ')}`] : []),
    ...(example ? [`for example \`${example}\``] : []),
  ];
  const meaning = [desc, ...details].join('; ');
  return `| \`${name}\` | ${defaultsOf(name, readers)} | ${meaning} | ${readers.map(([program]) => program).join(', ')} |`;
}

/** Cells of the rows that begin with a variable and have so many cells. */
const documented = (cells: number): string[] =>
  readFileSync(join(root, 'docs/configuration.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| `\w+` \|/.test(line) && line.split('|').length === cells + 2);

test('docs/configuration.md has every variable, no ghost, and the defaults and meanings of the code', () => {
  const names = [...new Set(Object.values(programs).flatMap(Object.keys))];
  expect(documented(4).sort()).toEqual(names.map(row).sort());
});

test('docs/configuration.md has every variable that a program says it does not read', () => {
  const source = readFileSync(join(root, 'libs/wiring/src/settings/other-names.ts'), 'utf8');
  const names = [...source.matchAll(/^ {2}([A-Z_]+): '/gm)].map(([, name]) => name);
  const [, section = ''] = readFileSync(join(root, 'docs/configuration.md'), 'utf8').split('spelled otherwise');
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
});

test('docs/configuration.md has every rule between variables', () => {
  const source = readFileSync(join(root, 'libs/wiring/src/settings/cross-checks.ts'), 'utf8');
  const rule = /\{ smaller: '(\w+)', larger: '(\w+)'(?:, times: (\d+))?(?:, by: ([\d_]+))? \}/g;
  const rules = [...source.matchAll(rule)].map(([, smaller, larger, times, by]) => {
    const least = `${times ? `${times} x ` : ''}\`${smaller}\`${by ? ` + ${by.replaceAll('_', '')}` : ''}`;
    return `| \`${larger}\` | ${least} |`;
  });
  expect(rules.length).toBe(source.split('{ smaller:').length - 1);
  expect(
    documented(3)
      .map((line) => line.split('|').slice(0, 3).join('|') + '|')
      .sort(),
  ).toEqual(rules.sort());
});

test('docs/configuration.md has every variable of TLS that needs another one', () => {
  const source = readFileSync(join(root, 'libs/wiring/src/settings/tls-checks.ts'), 'utf8');
  const needs = [...source.matchAll(/\{ given: '(\w+)', needs: '(\w+)' \}/g)];
  const urls = [...source.matchAll(/\{ file: '(\w+)', url: '(\w+)', protocol: '(\w+:)' \}/g)];
  const written = (member: string): number => source.split(`{ ${member}: '`).length - 1;
  expect([needs.length, urls.length]).toEqual([written('given'), written('file')]);
  const rows = [
    ...needs.map(([, given, other]) => `| \`${given}\` | \`${other}\` |`),
    ...urls.map(([, file, url, protocol]) => `| \`${file}\` | \`${url}\` that begins with \`${protocol}//\` |`),
  ];
  expect(documented(2).sort()).toEqual(rows.sort());
});
