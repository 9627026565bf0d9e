import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricsCatalogue } from '@ferry/metrics';
import { failureReasons, paymentEventTypes, paymentKinds, paymentStatuses, transitions } from '@ferry/payments';

const root = resolve(import.meta.dirname, '..');
const notOurs = /(^|\/)(node_modules|dist|coverage|\.git|\.ferry)(\/|$)/;

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => !notOurs.test(path));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = files.filter((path) => path.endsWith('.md'));
/** Fences and code in a line are no text: links in them are examples. */
const textOf = (markdown: string): string => markdown.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');
/** Cells of the table rows that have exactly so many. */
const rowsOf = (markdown: string, cells: number): string[][] =>
  markdown.split('\n').flatMap((line) => {
    const row = line.startsWith('| ')
      ? line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim())
      : [];
    return row.length === cells && !row.every((cell) => /^-+$/.test(cell)) ? [row] : [];
  });
/** TypeScript below folders of these names. */
const sources = (...folders: readonly string[]): string[] =>
  files.filter((path) => path.endsWith('.ts') && path.split('/').some((folder) => folders.includes(folder)));
const linesOf = (rows: readonly (readonly (string | undefined)[])[]): string[] =>
  rows.map((cells) => cells.join(' | ')).sort();
const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

describe('links', () => {
  /** The anchor that GitHub gives a heading. */
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');

  const anchorsOf = (path: string): Set<string> => {
    const anchors = new Set<string>();
    for (const [, heading] of read(path)
      .replace(/^ *```[\s\S]*?^ *```/gm, '')
      .matchAll(/^#+ (.+)$/gm)) {
      const anchor = anchorOf((heading as string).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
      for (let n = 0; ; n += 1) {
        const unique = n === 0 ? anchor : `${anchor}-${n}`;
        if (anchors.has(unique)) continue;
        anchors.add(unique);
        break;
      }
    }
    return anchors;
  };

  /** Why a link leads nowhere, or undefined. */
  const fault = (from: string, link: string): string | undefined => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? from : relative(root, resolve(root, dirname(from), decodeURIComponent(path)));
    if (!existsSync(join(root, target))) return `${from}: no file ${link}`;
    if (anchor === undefined || statSync(join(root, target)).isDirectory()) return undefined;
    return anchorsOf(target).has(anchor) ? undefined : `${from}: no heading ${link}`;
  };

  test.each(documents)('%s: every relative link leads somewhere', (path) => {
    const links = [...textOf(read(path)).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(
      ([, link]) => link as string,
    );
    expect(links.map((link) => fault(path, link)).filter(Boolean)).toEqual([]);
  });

  test('documents named in code exist', () => {
    const named = files
      .filter((path) => /\.(ts|mjs|yml)$/.test(path))
      .flatMap((path) => [...read(path).matchAll(/(?<![\w/.-])docs\/[\w./-]+\.(?:md|json)\b/g)].map(([name]) => name));
    expect(named.length).toBeGreaterThan(5);
    expect([...new Set(named)].filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });
});

describe('docs/payment-states.md', () => {
  const page = read('docs/payment-states.md');
  const steps = Object.entries(transitions).flatMap(([from, tos]) => tos.map((to) => [from, to] as const));

  test('the table has every transition with its event, and no other', () => {
    const documented = rowsOf(page, 4)
      .filter(([, to]) => to?.startsWith('`'))
      .map(([from, to, event]) => [from, to, event]);
    const expected = [['-', '`PENDING`', '`payment.created`']];
    for (const [from, to] of steps) expected.push([`\`${from}\``, `\`${to}\``, `\`${paymentEventTypes[to]}\``]);
    expect(linesOf(documented)).toEqual(linesOf(expected));
  });

  test('the diagram has every transition, its beginning and its ends', () => {
    const arrows = [...page.matchAll(/^ {2}(\S+) --> (\S+)$/gm)].map(([, from, to]) => `${from} ${to}`);
    const terminal = paymentStatuses.filter((status) => transitions[status].length === 0);
    const expected = [
      '[*] PENDING',
      ...steps.map((step) => step.join(' ')),
      ...terminal.map((status) => `${status} [*]`),
    ];
    expect(arrows.sort()).toEqual(expected.sort());
  });
});

describe('docs/glossary.md', () => {
  const names = rowsOf(read('docs/glossary.md'), 3).flatMap(([, names = '']) => codeIn(names));
  const code = sources('src', 'testing').map(read).join('\n');

  test.each([...new Set(names)])('%s is a name in the code', (name) => {
    const word = new RegExp(`(?<![\\w-])${name.replaceAll('.', '\\.')}(?![\\w-])`);
    expect(name.includes('/') ? existsSync(join(root, name)) : word.test(code)).toBe(true);
  });

  test('every status, kind, outcome and port is there', () => {
    const ports = files
      .filter((path) => /^libs\/contexts\/[^/]+\/src\/ports\//.test(path))
      .map((path) => basename(path, '.ts').replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()));
    expect(ports).toEqual(expect.arrayContaining(['PaymentRepository', 'Outbox']));
    const words = [...paymentStatuses, ...paymentKinds, 'done', 'retry', 'give-up', 'unknown', 'absent', ...ports];
    expect(words.filter((word) => !names.includes(word))).toEqual([]);
  });
});

test('docs/payment-states.md has every failure reason, and no ghost', () => {
  const documented = [...read('docs/payment-states.md').matchAll(/^\| `(\w+)` \| (\w{4}) \| (.*) \|$/gm)].map((row) =>
    row.slice(1),
  );
  expect(documented).toEqual(
    Object.entries(failureReasons).map(([word, { iso20022, meaning }]) => [word, iso20022, meaning]),
  );
});

describe('docs/metrics.md', () => {
  test('has every metric of the catalogue, and no ghost', () => {
    const documented = rowsOf(read('docs/metrics.md'), 4).filter(([name]) => name?.startsWith('`ferry_'));
    const expected = metricsCatalogue.map(({ name, type, labels, help }) => [
      `\`ferry_${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]);
    expect(linesOf(documented)).toEqual(linesOf(expected));
  });

  test('metrics that no code writes yet are named as such', () => {
    const writes = sources('src')
      .filter((path) => !path.endsWith('/catalogue.ts'))
      .map(read)
      .join('\n');
    const written = (name: string): boolean =>
      writes.includes(`'${name}'`) || (name.startsWith('queue_') && writes.includes('`queue_${'));
    const [line = ''] = read('docs/metrics.md').match(/^Described, but not written .*$/m) ?? [];
    const unwritten = metricsCatalogue.map(({ name }) => name).filter((name) => !written(name));
    expect(codeIn(line).sort()).toEqual(unwritten.map((name) => `ferry_${name}`).sort());
  });

  test('every metric that a document names exists', () => {
    const known = new Set([
      'ferry_build_info',
      'ferry_app',
      'ferry_etl',
      'ferry_sweeper',
      'ferry_owner',
      ...metricsCatalogue.map(({ name }) => `ferry_${name}`),
    ]);
    const named = documents.flatMap((path) => read(path).match(/\bferry_[a-z_]+\b/g) ?? []);
    expect([...new Set(named)].filter((name) => !known.has(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
  });
});

test('docs/how-to/swap-an-adapter.md shows the code that runs as a test', () => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(read('docs/how-to/swap-an-adapter.md')) ?? [];
  expect(shown).toBe(read('tests/how-to/swap-an-adapter.int.test.ts'));
});

test('every decision is in the index, and the index names no other', () => {
  const records = files.filter((path) => /^docs\/adr\/\d{4}-/.test(path)).map((path) => path.slice('docs/adr/'.length));
  const listed = [...read('docs/adr/README.md').matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(([, path]) => path);
  expect(listed).toEqual(records.sort());
});
