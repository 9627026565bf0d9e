import { sleep } from '@ferry/kernel';
import pg from 'pg';

/** For processes, or an embedded PostgreSQL, that are just being started again after another strike. */
const TRIES = 200;
const PAUSE_MS = 50;

const TERMINATE = `select pg_terminate_backend(pid) from (
  select pid, row_number() over (order by backend_start) as place from pg_stat_activity
  where usename in ('ferry_app', 'ferry_sweeper')) session where place % 2 = 1`;

/** Every other session of the logins that Ferry uses, so that processes lose some of their connections. Answers how many. */
export async function terminateBackends(adminUrl: () => string): Promise<number> {
  let failure: unknown = new Error('Ferry has no session');
  for (let tries = 0; tries < TRIES; tries += 1) {
    const terminated = await terminate(adminUrl).catch((error: unknown) => {
      failure = error;
      return 0;
    });
    if (terminated > 0) return terminated;
    await sleep(PAUSE_MS);
  }
  throw failure;
}

async function terminate(adminUrl: () => string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl() });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(TERMINATE)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
