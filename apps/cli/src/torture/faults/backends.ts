import { sleep } from '@ferry/kernel';
import pg from 'pg';

/** For processes that are just being started. */
const TRIES = 60;
const PAUSE_MS = 50;

/** Every other session of the logins that Ferry uses, so that processes lose some of their connections. Answers how many. */
export async function terminateBackends(adminUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    for (let tries = 1; ; tries += 1) {
      const { rowCount } = await client.query(`select pg_terminate_backend(pid) from (
        select pid, row_number() over (order by backend_start) as place from pg_stat_activity
        where usename in ('ferry_app', 'ferry_sweeper')) session where place % 2 = 1`);
      if (rowCount !== null && rowCount > 0) return rowCount;
      if (tries === TRIES) throw new Error('Ferry has no session');
      await sleep(PAUSE_MS);
    }
  } finally {
    await client.end();
  }
}
