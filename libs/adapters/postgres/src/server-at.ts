import { readFileSync } from 'node:fs';

/** A server as node-postgres and TypeORM want it told. */
export interface ServerAddress {
  readonly connectionString: string;
  readonly ssl?: { readonly ca: string | undefined; readonly rejectUnauthorized: true };
}

/**
 * Reads `sslmode` and `sslrootcert` here and once: node-postgres reads the file anew for each connection, and one that has become
 * unreadable would end the process from within its pool. `verify-full` is the only mode with TLS; settings know no other.
 */
export function serverAt(url: string): ServerAddress {
  const parsed = URL.parse(url);
  if (parsed?.searchParams.get('sslmode') !== 'verify-full') return { connectionString: url };
  const file = parsed.searchParams.get('sslrootcert');
  parsed.searchParams.delete('sslmode');
  parsed.searchParams.delete('sslrootcert');
  return {
    connectionString: parsed.toString(),
    // Said aloud: NODE_TLS_REJECT_UNAUTHORIZED=0, set for something else, must not undo it.
    ssl: { ca: file === null ? undefined : readFileSync(file, 'utf8'), rejectUnauthorized: true },
  };
}
