import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

/** Imports point one way: apps -> wiring -> adapters -> contexts -> kernel; `migrations` stands beside the adapters. */
const layers: readonly (readonly [layer: string, path: RegExp, mayImport: RegExp])[] = [
  ['kernel', /^libs\/kernel\//, /^$/],
  ['context', /^libs\/contexts\//, /^libs\/kernel\//],
  ['adapter', /^libs\/adapters\//, /^libs\/(kernel|contexts\/[^/]+)\//],
  ['migrations', /^migrations\//, /^$/],
  ['wiring', /^libs\/wiring\//, /^(libs\/(kernel|contexts|adapters)|migrations)\//],
  // The command line is both apps in one process, so it alone may compose the others.
  ['cli', /^apps\/cli\//, /^(libs|migrations|apps\/(api|worker))\//],
  ['app', /^apps\/[^/]+\//, /^libs\//],
];
/** What the inside may use of the outside: no framework, no driver. */
const pure: Readonly<Record<string, readonly string[]>> = {
  kernel: ['uuid', 'lossless-json', 'node:buffer', 'node:crypto'],
  context: [],
};

const packages = new Map(
  [
    'libs/kernel',
    'libs/wiring',
    'migrations',
    ...['libs/contexts', 'libs/adapters', 'apps'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    ),
  ].map(
    (folder) => [JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name as string, folder] as const,
  ),
);

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: readonly Import[] = [...packages.values()].flatMap((folder) =>
  readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, 'src', name))
    .flatMap((from) =>
      [...readFileSync(join(root, from), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to]) => ({
        from,
        to: to?.startsWith('.')
          ? relative(root, resolve(root, dirname(from), to))
          : (packages.get(to ?? '') ?? to ?? ''),
      })),
    ),
);

const folderOf = (path: string): string =>
  [...packages.values()].find((folder) => `${path}/`.startsWith(`${folder}/`)) ?? '';

/** Why an import is wrong, or undefined. */
function fault({ from, to }: Import): string | undefined {
  const [layer, , may] = layers.find(([, path]) => path.test(from)) ?? [];
  if (!layer || !may) return `${from} belongs to no layer`;
  const ours = folderOf(to);
  if (ours === '') {
    const allowed = pure[layer];
    return allowed && !allowed.includes(to) ? `${layer} ${from} uses ${to}` : undefined;
  }
  return ours === folderOf(from) || may.test(`${to}/`) ? undefined : `${layer} ${from} imports ${to}`;
}

describe('architecture', () => {
  test('every import points inwards', () => {
    expect(imports.length).toBeGreaterThan(200);
    expect(imports.map(fault).filter(Boolean)).toEqual([]);
  });

  test.each([
    [{ from: 'libs/contexts/payments/src/domain/payment.ts', to: 'typeorm' }, /uses typeorm/],
    [
      { from: 'libs/contexts/payments/src/domain/payment.ts', to: 'libs/contexts/messaging' },
      /imports libs\/contexts\/messaging/,
    ],
    [{ from: 'libs/adapters/redis/src/index.ts', to: 'libs/adapters/postgres' }, /imports libs\/adapters\/postgres/],
    [{ from: 'libs/kernel/src/money.ts', to: 'libs/contexts/payments' }, /imports libs\/contexts/],
    [{ from: 'apps/api/src/main.ts', to: 'apps/worker' }, /imports apps\/worker/],
  ])('a wrong import is noticed: %j', (wrong, why) => {
    expect(fault(wrong)).toMatch(why);
  });

  test('only settings are read from the environment, in one place an app', () => {
    const readers = [...new Set(imports.map(({ from }) => from))].filter((file) =>
      /process\.env(?!,)\b/.test(readFileSync(join(root, file), 'utf8').replace(/\.\.\.process\.env/g, '')),
    );
    expect(readers).toEqual(['libs/wiring/src/process.ts', 'apps/cli/src/run-tool.ts']);
  });
});
