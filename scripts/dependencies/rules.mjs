// What package-lock.json must hold. Each rule names what breaks it; scripts/dependencies/check.mjs prints that.
import { notPinned } from './python.mjs';

/** Licences that lay no duty on who runs or passes on Ferry beyond naming their authors. */
const licences = new Set([
  'MIT',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  '(MIT OR CC0-1.0)',
]);

/** Licences of single packages that the list above does not have, and why they are fit. */
const licencesLookedAt = new Map([
  ['caniuse-lite', 'CC-BY-4.0: data that only the tests use'],
  ['ssh2', 'MIT, which its package.json tells in an old form; only the tests use it'],
  ['cpu-features', 'MIT, in the old form; only the tests use it'],
  ['buildcheck', 'MIT, in the old form; only the tests use it'],
]);

/**
 * The registry at hand has only those of these families that fit the machine that locked them, so the others are locked without a
 * checksum: scripts/complete-lock.mjs. Compilers and linters for other systems; nothing that runs in production may be among them.
 */
const withoutChecksum = ['@oxlint/binding-', '@oxlint-tsgolint/', '@swc/core-', '@unrs/resolver-binding-'];

/** A second version of one of these would be a second place where a fault must be mended. */
const once = [
  'amqplib',
  'class-validator',
  'express',
  'helmet',
  'inversify',
  'ioredis',
  'jose',
  'kafkajs',
  'lossless-json',
  'pg',
  'qs',
  'rate-limiter-flexible',
  'typeorm',
];

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The packages that come from a registry, not our own. */
const foreign = (lock) =>
  Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, entry]) => ({ path, name: nameOf(path), ...entry }));

const ours = (lock) => Object.entries(lock.packages).filter(([path]) => !path.includes('node_modules/'));

/** Names of what a Ferry that runs is made of; `production.txt` has those that somebody has looked at. */
export const productionNames = (lock) =>
  [...new Set(foreign(lock).flatMap(({ name, dev }) => (dev ? [] : [name])))].toSorted((a, b) => (a < b ? -1 : 1));

export const rules = {
  'a checksum each': (lock) =>
    foreign(lock)
      .filter(({ integrity }) => !integrity?.startsWith('sha512-'))
      .filter(({ name, dev, optional }) => !(dev && optional && withoutChecksum.some((one) => name.startsWith(one))))
      .map(({ path }) => path),

  // The lock file names no host: what has an address comes from git, a file or a server that somebody named.
  'from the registry only': (lock) =>
    Object.entries(lock.packages)
      .filter(([, { link, resolved }]) => (link ? resolved.startsWith('..') : resolved !== undefined))
      .map(([path, { resolved }]) => `${path}: ${resolved}`),

  'what we name is locked, in one version': (lock) =>
    ours(lock).flatMap(([path, { dependencies = {}, devDependencies = {} }]) =>
      Object.entries({ ...dependencies, ...devDependencies })
        .filter(([name, wanted]) => !isLockedAs(lock, path, name, wanted))
        .map(([name, wanted]) => `${path === '' ? 'package.json' : path}: ${name} ${wanted}`),
    ),

  'scripts at installation are looked at': (lock, { allowScripts }) =>
    foreign(lock)
      .filter(({ name, hasInstallScript }) => hasInstallScript && !Object.hasOwn(allowScripts, name))
      .map(({ path }) => path),

  'licences are fit': (lock) =>
    foreign(lock)
      .filter(({ name, license }) => !licences.has(license) && !licencesLookedAt.has(name))
      .map(({ path, license }) => `${path}: ${license}`),

  'what guards us is there once': (lock) =>
    once.flatMap((wanted) => {
      const paths = foreign(lock).flatMap(({ name, path }) => (name === wanted ? [path] : []));
      return paths.length > 1 ? [paths.join(', ')] : [];
    }),

  'new packages are looked at': (lock, { production }) =>
    productionNames(lock).filter((name) => !production.includes(name)),

  'packages that are gone are not listed': (lock, { production }) => {
    const names = productionNames(lock);
    return production.filter((name) => !names.includes(name));
  },

  "the fuzzer's Python packages are pinned by hash": (_lock, { requirements }) => notPinned(requirements),
};

/** A version says itself; `24` any of that major. */
function isLockedAs(lock, path, name, wanted) {
  const entry =
    lock.packages[`${path === '' ? '' : `${path}/`}node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
  if (!entry) return false;
  if (entry.link) return true;
  return entry.version === wanted || (/^\d+$/.test(wanted) && entry.version.startsWith(`${wanted}.`));
}
