import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ServerAddress } from './server-at.js';

/**
 * Whether this role logs in with this password, and not with any. A server that trusts everybody who comes from here proves nothing about
 * those who come from elsewhere.
 */
export async function logsIn(server: ServerAddress, role: string, password: string): Promise<boolean> {
  return (await accepts(server, role, password)) && !(await accepts(server, role, randomUUID()));
}

async function accepts(server: ServerAddress, role: string, password: string): Promise<boolean> {
  const url = Object.assign(new URL(server.connectionString), {
    username: role,
    password: encodeURIComponent(password),
  });
  const client = new pg.Client({ ...server, connectionString: url.toString(), application_name: 'ferry-migrate' });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // The server's own word. Whatever else it was, e.g. a broken connection, says nothing about the password.
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}
