import pg from 'pg';
import { isTlsRefusal } from './errors.js';
import type { ServerAddress } from './server-at.js';

/**
 * Connects, and leaves. Resolves when the server said anything, also that it starts up or has no connection to give, and when its
 * certificate is refused: connections that were made before it changed go on.
 */
export async function probe(server: ServerAddress, timeoutMs: number): Promise<void> {
  const client = new pg.Client({
    ...server,
    connectionTimeoutMillis: timeoutMs,
    application_name: 'ferry-probe',
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    const answered = error instanceof pg.DatabaseError || isTlsRefusal(error); // the server's own words, whatever they are
    if (!answered) throw error;
  }
  void client.end().catch(() => {});
}
