import type pg from 'pg';

const NAME = 'ferry-carried';
const NAME_IS_TAKEN = '42P05';

/** The process that the server told of when we connected. A bouncer tells of one that is not there. */
const toldPid = (client: pg.ClientBase): unknown => (client as { processID?: unknown }).processID;

/** True when something between us and the server decides which of its processes answers, so that a session is not ours alone. */
export async function isBounced(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid !== toldPid(client);
}

/**
 * Whether a statement may be given a name on this connection. Behind a bouncer in transaction mode the next transaction may meet another
 * process of the server, where the name means nothing, or the statement of another program. PgBouncer carries names along from 1.21 on, with
 * `max_prepared_statements`: then the server knows the statement by another name than ours.
 */
export async function carriesNames(client: pg.ClientBase): Promise<boolean> {
  const { bounced, carried } = await lookAt(client);
  // Alone, so that a bouncer which allows no transactions is heard before it hangs up.
  if (bounced) for (const text of ['begin', 'rollback']) await client.query(text);
  return carried;
}

async function lookAt(client: pg.ClientBase): Promise<{ bounced: boolean; carried: boolean }> {
  try {
    const { rows } = await client.query<{ pid: number; verbatim: boolean }>({
      name: NAME,
      text: `select pg_backend_pid() as pid, exists (select from pg_prepared_statements where name = '${NAME}') as verbatim`,
    });
    const bounced = rows[0]?.pid !== toldPid(client);
    return { bounced, carried: !bounced || rows[0]?.verbatim === false };
  } catch (error) {
    // Somebody else's connection has left it there.
    if ((error as { code?: unknown }).code === NAME_IS_TAKEN) return { bounced: true, carried: false };
    throw error;
  }
}
