import { sleep } from '@ferry/kernel';
import pg from 'pg';
import type { Stage } from '../stage/stage.js';

/** For processes, or an embedded PostgreSQL, that are just being started again after another strike. */
const TRIES = 200;
const PAUSE_MS = 50;

const TERMINATE = `select pg_terminate_backend(pid) from (
  select pid, row_number() over (order by backend_start) as place from pg_stat_activity
  where usename in ('ferry_app', 'ferry_sweeper')) session where place % 2 = 1`;

/** Every other session of the logins that Ferry uses, so that processes lose some of their connections. Answers how many. */
export async function terminateBackends(stage: Pick<Stage, 'adminUrl'>): Promise<number> {
  return untilSome(stage, TERMINATE, 'Ferry has no session');
}

/** Runs a statement until it meets a row; answers how many it met. */
export async function untilSome(stage: Pick<Stage, 'adminUrl'>, statement: string, none: string): Promise<number> {
  let failure: unknown = new Error(none);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const met = await rowsMet(stage, statement).catch((error: unknown) => {
      failure = error;
      return 0;
    });
    if (met > 0) return met;
    await sleep(PAUSE_MS);
  }
  throw failure;
}

async function rowsMet(stage: Pick<Stage, 'adminUrl'>, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: await stage.adminUrl() });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
