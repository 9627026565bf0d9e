import pg from 'pg';

/** Connects, and leaves. Resolves when the server said anything, also that it starts up or has no connection to give. */
export async function probe(url: string, timeoutMs: number): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    application_name: 'ferry-probe',
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error; // the server's own words, whatever they are
  }
  void client.end().catch(() => {});
}
