// Adds to package-lock.json the optional packages of other platforms that the registry at hand does not offer.
//
//   rm -rf node_modules package-lock.json && npm install --package-lock-only && node scripts/complete-lock.mjs
//
// `npm install` leaves out optional dependencies it cannot find, and `npm ci` then refuses the lock file as incomplete,
// on every machine. What is added names version, system and processor, so that npm skips it where it does not belong and
// fetches it (without a checksum) where it does.
import { readFileSync, writeFileSync } from 'node:fs';

const systems = [
  'darwin',
  'win32',
  'windows',
  'linux',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'wasi',
  'wasm32',
  'openharmony',
];
const processors = [
  'x64',
  'arm64',
  'arm',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
  'wasm',
];

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
let added = 0;
for (const [path, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (isLocked(path, name) || !/^\^?\d/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = entry(name, version.replace('^', ''), parent);
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms added`);

/** As node resolves: beside the parent, or in any folder above. */
function isLocked(path, name) {
  for (let at = path; ; at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : '') {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}

function entry(name, version, parent) {
  const words = name.split(/[/-]/);
  const system = systems.find((one) => words.includes(one));
  const processor = processors.find((one) => words.some((word) => word === one || word.startsWith(`${one}_`)));
  if (!system && !processor) console.warn(`${name}: neither system nor processor in its name`);
  const os =
    { windows: 'win32', wasi: undefined, wasm32: undefined }[system] ??
    (system?.startsWith('was') ? undefined : system);
  return {
    version,
    ...(processor ? { cpu: [processor.replace(/^wasm$/, 'wasm32')] } : {}),
    ...(parent.dev ? { dev: true } : {}),
    license: parent.license,
    optional: true,
    ...(os ? { os: [os] } : {}),
    ...(parent.engines ? { engines: parent.engines } : {}),
  };
}
