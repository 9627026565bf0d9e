import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

/** RELIABILITY.md F14: decisions take their time from the `Clock`, durations from a clock that never jumps. */
const root = resolve(import.meta.dirname, '..');

interface Rule {
  readonly what: string;
  readonly under: readonly string[];
  readonly forbidden: RegExp;
  /** Files that may, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

const rules: readonly Rule[] = [
  {
    what: 'contexts know no time but the clock they are given',
    under: ['libs/contexts'],
    forbidden: /\bDate\.now\b|\bnew Date\(\)|\bperformance\b/,
  },
  {
    what: 'nobody else reads the wall clock by themselves',
    under: ['libs/kernel', 'libs/adapters', 'libs/wiring', 'apps/api', 'apps/worker'],
    forbidden: /\bDate\.now\b|\bnew Date\(\)/,
    except: {
      'libs/kernel/src/clock.ts': 'is the clock',
      'libs/kernel/src/ids.ts': 'an id that nobody gave an instant',
      'libs/adapters/logging/src/create-logger.ts': 'the time of a log line',
      'libs/adapters/kafka/src/request-queue-patch.ts': 'compares with what kafkajs read from it',
    },
  },
  {
    what: 'times are parameters of SQL',
    under: ['libs', 'apps/api', 'apps/worker', 'migrations'],
    forbidden:
      /(?<![\w.])now\(\)(?! *=>| *;)|\b(?:current_(?:date|time|timestamp)|localtime(?:stamp)?|clock_timestamp|statement_timestamp)\b/i,
    except: {
      'libs/kernel/src/clock.ts': 'is the clock',
      'migrations/src/1700000000001-tenancy.ts': 'when the tenant was made, once',
      'migrations/src/1700000000002-payments.ts': 'the first partitions, once',
      'migrations/src/1700000000016-recording-months.ts':
        'the first partitions, once; and no clock of a caller makes a month old',
      'migrations/src/staging-table.ts': 'a default of the source design, for an ETL that does not say',
      'migrations/src/record-staged.ts':
        'how long a batch took, in the transaction of the batch: a difference, and no time',
      'migrations/src/1700000000009-audit-log.ts':
        'the first partitions, once; and no clock of a caller hides what is young',
    },
  },
  {
    what: 'nothing is computed in local time, which has days of 23 and of 25 hours',
    under: ['libs', 'apps/api', 'apps/worker', 'migrations'],
    forbidden:
      /\.(?:get|set)(?:FullYear|Month|Date|Day|Hours|Minutes)\(|getTimezoneOffset|toLocale(?:Date|Time)?String/,
  },
];

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\/src\/.*\.ts$/.test(path) && !/node_modules|\/dist\//.test(path));

const code = (path: string): string =>
  readFileSync(join(root, path), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

test.each(rules)('$what', ({ under, forbidden, except = {} }) => {
  const files = under.flatMap(sources);
  expect(files.length).toBeGreaterThan(10);
  const breaking = files.filter((path) => forbidden.test(code(path)));
  expect(breaking.toSorted()).toEqual(Object.keys(except).filter((path) => files.includes(path)).toSorted()); // prettier-ignore
});

test.each<[string, number]>([
  ['const at = Date.now();', 0],
  ['return performance.now() < deadline;', 0],
  ['const at = new Date();', 1],
  ['delete from keys where expires_at <= now()', 2],
  ['set updated_at = CURRENT_TIMESTAMP', 2],
  ['tomorrow.setDate(today.getDate() + 1)', 3],
])('%s would be noticed', (line, rule) => {
  expect(line).toMatch((rules[rule] as Rule).forbidden);
});
