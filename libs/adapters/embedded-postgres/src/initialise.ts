import { spawn } from 'node:child_process';
import { chownSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { RunAs } from './unprivileged-user.js';

export const SUPERUSER = 'postgres';

/** Makes the data directory of a new server. */
export async function initialise(initdb: string, dataDir: string, password: string, runAs: RunAs): Promise<void> {
  const passwordFile = `${dataDir}.password`;
  // Made aside and renamed when complete: a start that was killed half-way leaves nothing that looks like a database.
  const unfinished = `${dataDir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (runAs.uid !== undefined) chownSync(passwordFile, runAs.uid, runAs.gid as number);
    const log: string[] = [];
    const child = spawn(
      initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${SUPERUSER}`,
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
      ],
      { ...runAs, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_MESSAGES: 'C' } },
    );
    child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
    const code = await new Promise((done) => child.once('exit', done));
    if (code !== 0) throw new Error(`initdb failed (${String(code)}):\n${log.join('')}`);
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
