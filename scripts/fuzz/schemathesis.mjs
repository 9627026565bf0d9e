// schemathesis, installed as requirements.txt pins it, outside of the repository.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const requirements = join(here, 'requirements.txt');
/** The examples are the bound; whatever takes this long has hung. */
const RUN_MS_MAX = 600_000;

/** The path of its Python; installs it at the first call, and again when the pins change. */
export async function installed() {
  const pins = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const directory = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ferry', `schemathesis-${pins}`);
  if (!existsSync(directory)) await install(directory);
  return join(directory, 'bin', 'python');
}

/** It is made beside its place, so that what is in its place is whole; only its scripts, which nobody calls, name the other path. */
async function install(directory) {
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(directory), { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  const venv = await run('python3', ['-m', 'venv', partial]);
  if (venv !== 0) throw new Error('nothing was fuzzed: this needs Python 3.11 or later with venv (python3-venv)');
  const fetched = await run(join(partial, 'bin', 'python'), [...pip, '--only-binary', ':all:', '-r', requirements]);
  if (fetched !== 0)
    throw new Error(`nothing was fuzzed: pip did not get the packages of ${requirements}; is PyPI within reach?`);
  renameSync(partial, directory);
}

/**
 * Left out: `positive_data_acceptance`, because the document cannot say all that makes a request good (the decimals of a currency, a
 * reference that is free, a version that is the newest); `object_level_authorization`, which `ferry attack` does with two tenants.
 */
const leftOut = ['positive_data_acceptance', 'object_level_authorization'];

/** What went wrong; nothing if all that was answered is in the document. */
export async function fuzz(python, ferry, document, { who, listener, without = [], seed, examples }) {
  const key = ferry.keys[who];
  const args = [
    ['run', `${ferry.urls.tenants}/openapi.json`, '--url', ferry.urls[listener], '--no-color', '--warnings', 'off'],
    operationIdsFor(document, listener).flatMap((id) => ['--include-operation-id', id]),
    ['--seed', seed, '--max-examples', examples, '--max-failures', 20, '--continue-on-failure'],
    ['--generation-database', 'none', '--checks', 'all', '--exclude-checks', [...leftOut, ...without].join(',')],
    // Longer than the longest long-poll.
    ['--request-timeout', 40],
    key ? ['--header', `Authorization: Bearer ${key}`] : [],
  ];
  const code = await run(python, ['-m', 'schemathesis.cli', ...args.flat().map(String)], {
    env: { ...process.env, SCHEMATHESIS_HOOKS: join(here, 'hooks.py'), FUZZ_KEPT: ferry.kept.join(',') },
    // It leaves notes where it stands.
    cwd: ferry.directory,
    timeout: RUN_MS_MAX,
  });
  if (code === 0) return undefined;
  return code === null ? `not done after ${RUN_MS_MAX} ms` : 'answers that the document does not have';
}

/** The document names another server where a route is not on the public listener. */
const operationIdsFor = ({ paths }, listener) =>
  Object.values(paths)
    .flatMap((item) => Object.values(item))
    .filter(({ servers }) => (servers === undefined) === (listener === 'tenants'))
    .map(({ operationId }) => operationId);

/** Its exit code, none if it was ended; what it says goes to our own output. */
function run(file, args, options = {}) {
  return new Promise((resolve) => {
    spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
      .on('error', () => resolve(127))
      .on('exit', resolve);
  });
}
