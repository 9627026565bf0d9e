import { execFileSync } from 'node:child_process';
import { accessSync, chownSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** PostgreSQL refuses to run as root, so for root it runs as this user, which is made if missing. */
const USER = 'postgres';

export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

const id = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, USER], { stdio: ['ignore', 'pipe', 'ignore'] }));

function userIds(): Required<RunAs> {
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', USER], { stdio: 'ignore' });
    return { uid: id('-u'), gid: id('-g') };
  }
}

/** Whom to run PostgreSQL as; for root also hands `directory` over and checks that the user can reach it and the programs. */
export function unprivileged(directory: string, program: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const ids = userIds();
  for (const path of [dirname(directory), dirname(program)]) checkReachable(path);
  chownSync(directory, ids.uid, ids.gid);
  return ids;
}

function checkReachable(path: string): void {
  accessSync(path, constants.R_OK);
  for (let at = path; at !== dirname(at); at = dirname(at))
    if ((statSync(at).mode & constants.S_IXOTH) === 0)
      throw new Error(
        `PostgreSQL cannot run as root, and the user "${USER}" cannot enter ${at}: ` +
          `run as an ordinary user, or keep Ferry in a folder that others may enter (chmod o+x ${at})`,
      );
}
