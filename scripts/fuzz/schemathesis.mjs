// schemathesis, installed as requirements.txt pins it, outside of the repository.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const requirements = join(here, 'requirements.txt');

/** The path of `st`; installs it at the first call, and again when the pins change. */
export async function installed() {
  const pins = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const directory = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ferry', `schemathesis-${pins}`);
  if (!existsSync(directory)) await install(directory);
  return join(directory, 'bin', 'python');
}

/** pip writes the interpreter's path into its scripts, so the directory is made where it stays; a mark at the end says that it is whole. */
async function install(directory) {
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(directory), { recursive: true });
  await run('python3', ['-m', 'venv', partial]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(join(partial, 'bin', 'python'), [...pip, '--require-hashes', '--only-binary', ':all:', '-r', requirements]);
  renameSync(partial, directory);
}

/** Its exit code; what it says goes to our own output. */
export function run(file, args, { env = process.env, check = true } = {}) {
  return new Promise((resolve, reject) => {
    spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env })
      .on('error', reject)
      .on('exit', (code) => (code === 0 || !check ? resolve(code) : reject(new Error(`${file} ended with ${code}`))));
  });
}

export const hooks = join(here, 'hooks.py');
