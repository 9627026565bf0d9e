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
  let failure: unknown = new Error('Ferry has no session');
  for (let tries = 0; tries < TRIES; tries += 1) {
    const terminated = await terminate(stage).catch((error: unknown) => {
      failure = error;
      return 0;
    });
    if (terminated > 0) return terminated;
    await sleep(PAUSE_MS);
  }
  throw failure;
}

async function terminate(stage: Pick<Stage, 'adminUrl'>): Promise<number> {
  const client = new pg.Client({ connectionString: await stage.adminUrl() });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(TERMINATE)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
